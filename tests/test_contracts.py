"""Who may import whom, where it takes more than import-linter (see pyproject.toml) to say it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[1] / "commitments"

# The domain is told who acts and which day it is; it sees no request, form, page or clock.
NOT_FOR_THE_DOMAIN = (
    "django.contrib.messages",
    "django.forms",
    "django.http",
    "django.shortcuts",
    "django.template",
    "django.views",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django_htmx",
)


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything the module imports from outside its package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(*names: str) -> list[Path]:
    return sorted(path for name in names for path in (APP / name).rglob("*.py"))


@pytest.mark.parametrize("path", modules("reading"), ids=lambda path: path.stem)
def test_reading_uses_the_standard_library_only(path):
    outside = {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names

    assert {name for name in imports(path) if name.split(".")[0] in outside and not is_reading(name)} == set()


def is_reading(name: str) -> bool:
    return name.startswith("commitments.reading")


@pytest.mark.parametrize(
    "path", modules("progress", "models"), ids=lambda path: f"{path.parent.name}.{path.stem}"
)
def test_the_domain_sees_no_request_and_no_clock(path):
    assert [name for name in imports(path) if name.startswith(NOT_FOR_THE_DOMAIN)] == []


def test_migrations_depend_on_no_code_that_may_change():
    """The first may name `upload_to` of the evidence, which Django writes as the path of a function."""
    paths = [
        path for app in ("commitments", "tracker") for path in (APP.parent / app / "migrations").glob("*.py")
    ]
    ours = {
        (path.stem, name)
        for path in paths
        for name in imports(path)
        if name.startswith(("commitments", "tracker"))
    }

    assert ours == {("0001_initial", "commitments.models.progress")}
