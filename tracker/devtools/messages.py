"""The texts of the screens: found in the sources, kept in catalogues, compiled. Needs no gettext.

Source texts are English; the Chinese ones are in locale/zh_Hans/LC_MESSAGES/django.po, sorted by
source text and without line numbers, so that two people adding texts rarely touch the same line.
"""

import argparse
import ast
import io
import os
import re
import sys
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

import polib

from .bootstrap import ROOT

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("commitments", "tracker")
TEMPLATES = ("templates", "commitments", "tracker")

# For each function, what its first arguments are.
ARGUMENTS = {
    name + lazy: arguments
    for name, arguments in {
        "gettext": ("text",),
        "gettext_noop": ("text",),
        "ngettext": ("text", "plural"),
        "pgettext": ("context", "text"),
        "npgettext": ("context", "text", "plural"),
    }.items()
    for lazy in ("", "_lazy")
} | {"_": ("text",)}

HEADER = {
    "Project-Id-Version": "nanan-commitment-tracker",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{\w*\}")


class Message(NamedTuple):
    """A text as gettext knows it. `context` and `plural` are empty where there are none."""

    text: str
    context: str = ""
    plural: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/messages", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a Chinese text is missing"
    )
    parser.add_argument("--prune", action="store_true", help="drop texts that are no longer in the sources")
    parser.add_argument("--compile", action="store_true", help="only compile what is there")
    options = parser.parse_args()
    if options.compile:
        compile_catalogues()
        return
    if options.check:
        found = problems()
        print(*found, sep="\n")
        sys.exit(1 if found else 0)
    update(prune=options.prune)
    compile_catalogues()
    empty = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.translated()]
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(empty)} to translate")
    for entry in empty:
        print(f"  {entry.msgid!r}")


# --- Finding ----------------------------------------------------------------------------------


def messages() -> set[Message]:
    """Return every text that the sources and templates ask a translation of."""
    found: set[Message] = set()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(in_python(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))))
    for folder in TEMPLATES:
        for pattern in ("*.html", "*.txt"):
            for path in sorted((ROOT / folder).rglob(pattern)):
                found.update(in_template(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))))
    return found


def in_python(source: str, origin: str) -> Iterator[Message]:
    """Yield the texts of Python source; calls whose text is not a literal are passed over."""
    for node in ast.walk(ast.parse(source, origin)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        names = ARGUMENTS.get(name)
        if names is None or len(node.args) < len(names):
            continue
        values = [
            argument.value for argument in node.args[: len(names)] if isinstance(argument, ast.Constant)
        ]
        if len(values) == len(names) and all(isinstance(value, str) for value in values):
            yield Message(**dict(zip(names, map(str, values), strict=True)))


def in_template(source: str, origin: str) -> Iterator[Message]:
    """Yield the texts of a template.

    Django turns a template into a row of gettext calls between blanked-out markup; that is no Python
    that would parse, but its words can be read one after the other.
    """
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
        django.setup()
    from django.utils.translation.template import templatize

    calls = templatize(source, origin=origin)
    # Indentation is the markup's here and would stop the reading.
    flat = "\n".join(line.strip() for line in calls.splitlines())
    tokens = list(tokenize.generate_tokens(io.StringIO(flat).readline))
    for start, token in enumerate(tokens):
        names = ARGUMENTS.get(token.string) if token.type == tokenize.NAME else None
        if names is None or tokens[start + 1].string != "(":
            continue
        values: list[str] = []
        for part in tokens[start + 2 :]:
            if part.type == tokenize.STRING:
                values.append(ast.literal_eval(part.string))
            elif part.string != "," or len(values) == len(names):
                break
        if len(values) == len(names):
            yield Message(**dict(zip(names, values, strict=True)))


# --- The catalogue ----------------------------------------------------------------------------


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def update(*, prune: bool = False) -> None:
    """Add to the catalogue what the sources have and it has not, with an empty Chinese text."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    entries = {key(entry): entry for entry in catalogue if not entry.obsolete}
    wanted = messages()
    for message in wanted - set(entries):
        entries[message] = polib.POEntry(
            msgid=message.text,
            msgctxt=message.context or None,
            msgid_plural=message.plural,
            msgstr_plural={0: ""} if message.plural else {},
        )
    fresh = polib.POFile(wrapwidth=100_000)
    fresh.metadata = HEADER
    for message in sorted(entries):
        if prune and message not in wanted:
            continue
        entry = entries[message]
        entry.occurrences = []
        entry.flags = ["python-format"] if re.search(r"%\(\w+\)|%[sd]", message.text) else []
        fresh.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(CATALOGUE))


def problems() -> list[str]:
    """Return what keeps the Chinese screens from being complete, one line each; empty if nothing."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    entries = {key(entry): entry for entry in catalogue if not entry.obsolete}
    found = [
        f"not in the catalogue (run bin/messages): {message.text!r}"
        for message in sorted(messages() - set(entries))
    ]
    for message, entry in sorted(entries.items()):
        texts = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
        if entry.fuzzy:
            found.append(f"fuzzy: {message.text!r}")
        elif not all(texts) or not texts:
            found.append(f"no Chinese text: {message.text!r}")
        elif strange := set(PLACEHOLDER.findall("".join(texts))) ^ set(
            PLACEHOLDER.findall(message.plural or message.text)
        ):
            found.append(f"placeholders differ ({', '.join(sorted(strange))}): {message.text!r}")
    return found


def compile_catalogues() -> None:
    """Write the .mo beside each .po that is newer than it. Processes may do so at the same time."""
    for po in (ROOT / "locale").rglob("*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        draft = mo.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(po)).save_as_mofile(str(draft))
        draft.replace(mo)


if __name__ == "__main__":
    main()
