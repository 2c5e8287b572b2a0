"""Brings a report's reading into the database, again and again, without touching people's work.

The reading (report, areas, themes, passages, glossary, commitments and what they promise) follows
the file. What the administration decided (lead, deadlines, tags…) and what was reported never does.
A code that vanished from the reading is retired, not deleted: its history stays readable.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import F

from ..choices import Via
from ..models import (
    Commitment,
    GlossaryTerm,
    Passage,
    Project,
    Report,
    ResponsibleArea,
    Scorecard,
    Target,
    TermUse,
    Theme,
)
from ..progress import words
from ..progress.changes import Change, log_many, raise_data_version

ORDER: tuple[type[models.Model], ...] = (
    Report,
    Scorecard,
    ResponsibleArea,
    Theme,
    Passage,
    GlossaryTerm,
    TermUse,
    Commitment,
    Target,
    Project,
)
Key = tuple[Any, ...]
Values = dict[str, Any]


class FixtureError(Exception):
    """The file cannot be loaded; the message is a sentence for the person at the terminal."""


@dataclass
class Synced:
    """What a load did: `counts["commitment"]["added"]` and so on; `changes` for the log."""

    report: Report
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    changes: list[Change] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return any(sum(counter.values()) for counter in self.counts.values())


def read_fixture(path: Path) -> dict[str, list[Values]]:
    """Return the file's rows by model name; refuse a file that is not such a fixture."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        grouped: dict[str, list[Values]] = {model._meta.model_name or "": [] for model in ORDER}
        for row in rows:
            grouped[row["model"].removeprefix("commitments.")].append(row["fields"])
    except FileNotFoundError as error:
        raise FixtureError(f"There is no file {path}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise FixtureError(f"{path} is not a fixture of a report: {error!r}") from error
    if len(grouped["report"]) != 1:
        raise FixtureError(f"{path} holds {len(grouped['report'])} reports; it must hold exactly one.")
    return grouped


@transaction.atomic
def load(rows: Mapping[str, list[Values]], *, now: dt.datetime) -> Synced:
    """Make the database agree with the rows, all or nothing; the second run changes nothing."""
    return _Load(rows, now).run()


class _Load:
    """One run: keeps the rows known so far by natural key, so that references need no queries."""

    def __init__(self, rows: Mapping[str, list[Values]], now: dt.datetime) -> None:
        self.rows = rows
        self.now = now
        self.known: dict[type[models.Model], dict[Key, Any]] = {}

    def run(self) -> Synced:
        self.report = self.load_report()
        self.done = Synced(self.report)
        self.known[Report] = {(self.report.slug,): self.report}
        self.sync(Scorecard, Scorecard.objects.all(), lambda row: (row.key,), self.keep)
        self.sync(
            ResponsibleArea,
            self.report.areas.select_related("report"),
            lambda row: row.natural_key(),
            self.delete_unused,
        )
        self.sync(
            Theme,
            Theme.objects.filter(area__report=self.report).select_related("area__report"),
            lambda row: row.natural_key(),
            self.delete_unused,
        )
        self.sync_passages()
        self.sync_glossary()
        self.sync_commitments()
        self.finish()
        return self.done

    # --- The report itself ------------------------------------------------------------------

    def load_report(self) -> Report:
        values = self.values(Report, self.rows["report"][0])
        report = Report.objects.select_for_update().filter(slug=values["slug"]).first()
        if report is None:
            report = Report.objects.create(**values)
            self.is_new = True
            return report
        self.is_new = False
        if report.text != values["text"]:
            raise FixtureError(
                "The stored text of this report differs from the file's. The text of a report is never edited: "
                "load the other text under another slug."
            )
        changed = {name for name, value in values.items() if getattr(report, name) != value}
        for name in changed:
            setattr(report, name, values[name])
        if changed:
            report.save(update_fields=sorted(changed))
        self.report_changed = bool(changed)
        return report

    # --- Rows in general --------------------------------------------------------------------

    def values(self, model: type[models.Model], fields: Values) -> Values:
        """Return a row of the file as Python values, its references resolved."""
        values: Values = {}
        for name, raw in fields.items():
            try:
                model_field = model._meta.get_field(name)
            except FieldDoesNotExist as error:
                raise FixtureError(f"{model._meta.label} has no field {name}.") from error
            if isinstance(model_field, models.ManyToManyField):
                continue
            if isinstance(model_field, (models.ForeignKey, models.OneToOneField)):
                values[name] = None if raw is None else self.find(model_field.related_model, raw)
            else:
                assert isinstance(model_field, models.Field)  # the rest have no column
                try:
                    values[name] = model_field.to_python(raw)
                except ValidationError as error:
                    raise FixtureError(f"{model._meta.label}.{name}: {'; '.join(error.messages)}") from error
        return values

    def find(self, model: Any, key: Iterable[Any]) -> Any:
        try:
            return self.known[model][tuple(key)]
        except KeyError as error:
            raise FixtureError(
                f"{model._meta.label} {list(key)} is referred to, but it is not in the file."
            ) from error

    def sync(
        self,
        model: type[models.Model],
        existing: models.QuerySet[Any],
        key_of: Callable[[Any], Key],
        vanish: Callable[[list[Any]], None],
        *,
        revive: Values | None = None,
        raises_revision: bool = False,
    ) -> dict[Key, Values]:
        """Update what differs, let go of what vanished, insert what is new, in this order.

        Returns the new rows' values by key, and remembers every row by its key.
        """
        name = model._meta.model_name or ""
        count = self.done.counts[name]
        old = {key_of(row): row for row in existing}
        wanted: dict[Key, tuple[Any, Values]] = {}
        for fields in self.rows[name]:
            values = {**self.values(model, fields), **(revive or {})}
            row = model(**values)
            if key_of(row) in wanted:
                raise FixtureError(f"{model._meta.label} {list(key_of(row))} is in the file twice.")
            wanted[key_of(row)] = (row, values)
        vanish([row for key, row in old.items() if key not in wanted])
        changed: dict[Any, set[str]] = {}
        for key in old.keys() & wanted.keys():
            values = wanted[key][1]
            if fields_changed := {name for name in values if differs(old[key], name, values[name])}:
                self.note_change(old[key], fields_changed, values)
                values = values | ({"revision": F("revision") + 1} if raises_revision else {})
                changed[old[key]] = fields_changed | (values.keys() & {"revision"})
                for field_name in changed[old[key]]:
                    setattr(old[key], field_name, values[field_name])
        if changed:
            model._default_manager.bulk_update(
                changed, sorted(set().union(*changed.values())), batch_size=200
            )
            count["changed"] += len(changed)
        new = {key: row for key, (row, _values) in wanted.items() if key not in old}
        model._default_manager.bulk_create(new.values(), batch_size=200)
        count["added"] += len(new)
        self.known[model] = {key: old.get(key) or new[key] for key in wanted}
        return {key: wanted[key][1] for key in new}

    def note_change(self, row: Any, names: set[str], values: Values) -> None:
        """Log a commitment whose reading changed; other rows are counted in the entry of the report."""
        if not isinstance(row, Commitment):
            return
        act = "commitment.restored" if "is_retired" in names else "commitment.reworded"
        self.done.changes.append(
            Change(
                act=act,
                row=row,
                before={name: getattr(row, name) for name in names},
                after={name: values[name] for name in names},
            )
        )

    def keep(self, rows: list[Any]) -> None:
        """Leave rows that the file does not name: another report's file may."""

    def delete_unused(self, rows: list[Any]) -> None:
        """Delete vanished areas and themes, unless something retired still hangs on them."""
        for row in rows:
            try:
                with transaction.atomic():
                    row.delete()
            except models.ProtectedError:
                continue
            self.done.counts[row._meta.model_name]["deleted"] += 1

    # --- Passages, glossary, commitments ------------------------------------------------------

    def sync_passages(self) -> None:
        """Old spans step back before new ones are inserted, since passages never overlap."""

        def step_back(rows: list[Passage]) -> None:
            current = [row.pk for row in rows if row.is_current]
            Passage.objects.filter(pk__in=current).update(is_current=False)
            self.done.counts["passage"]["replaced"] += len(current)

        rows = self.report.passages.select_related("report", "theme__area")
        self.sync(Passage, rows, lambda row: row.natural_key(), step_back, revive={"is_current": True})

    def sync_glossary(self) -> None:
        def delete(rows: list[Any]) -> None:
            if rows:
                type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
                self.done.counts[rows[0]._meta.model_name]["deleted"] += len(rows)

        # Numbers and terms are both unique: renumbering in place would collide on the way.
        wanted = {fields["number"]: fields["term"] for fields in self.rows["glossaryterm"]}
        terms = self.report.terms.select_related("report")
        delete([term for term in terms if wanted.get(term.number) != term.term])
        self.sync(GlossaryTerm, terms.all(), lambda row: row.natural_key(), delete)
        uses = TermUse.objects.filter(term__report=self.report).select_related("term__report")
        self.sync(TermUse, uses, lambda row: (*row.term.natural_key(), row.start), delete)

    def sync_commitments(self) -> None:
        kinds = {fields["code"]: fields["kind"] for fields in self.rows["commitment"]}
        for model in (Target, Project):
            stale = [
                row.pk
                for row in model._default_manager.filter(commitment__report=self.report).select_related(
                    "commitment"
                )
                if kinds.get(row.commitment.code, row.commitment.kind) != model._meta.model_name
            ]
            model._default_manager.filter(pk__in=stale).delete()
        new = self.sync(
            Commitment,
            self.report.commitments.select_related("report", "theme__area", "passage"),
            lambda row: row.natural_key(),
            self.retire,
            revive={"is_retired": False},
            raises_revision=True,
        )
        self.link_scorecards(new)
        self.link_same_promises()
        for model in (Target, Project):
            rows = model._default_manager.filter(commitment__report=self.report).select_related(
                "commitment__report"
            )
            self.sync(model, rows, lambda row: row.commitment.natural_key(), self.keep)

    def retire(self, rows: list[Commitment]) -> None:
        current = [row for row in rows if not row.is_retired]
        Commitment.objects.filter(pk__in=[row.pk for row in current]).update(
            is_retired=True, revision=F("revision") + 1
        )
        self.done.counts["commitment"]["retired"] += len(current)
        self.done.changes += [
            Change(
                act="commitment.retired", row=row, before={"is_retired": False}, after={"is_retired": True}
            )
            for row in current
        ]

    def link_scorecards(self, new: Mapping[Key, Values]) -> None:
        """Give new commitments the scorecards of the file; afterwards they are the administration's."""
        through = Commitment.scorecards.through
        through._default_manager.bulk_create(
            through(commitment=self.known[Commitment][key], scorecard=self.find(Scorecard, card))
            for fields in self.rows["commitment"]
            if (key := (self.report.slug, fields["code"])) in new
            for card in fields.get("scorecards", [])
        )

    def link_same_promises(self) -> None:
        """Make the symmetrical links of same promises equal to the file's."""
        through = Commitment.same_promise.through
        wanted = set()
        for fields in self.rows["commitment"]:
            one = self.find(Commitment, (self.report.slug, fields["code"])).pk
            for key in fields.get("same_promise", []):
                other = self.find(Commitment, key).pk
                wanted |= {(one, other), (other, one)}
        links = through._default_manager.filter(from_commitment__report=self.report)
        existing = {(link.from_commitment_id, link.to_commitment_id): link.pk for link in links}
        gone = [pk for pair, pk in existing.items() if pair not in wanted]
        through._default_manager.filter(pk__in=gone).delete()
        through._default_manager.bulk_create(
            through(from_commitment_id=one, to_commitment_id=other)
            for one, other in sorted(wanted - existing.keys())
        )
        self.done.counts["same_promise"]["changed"] += len(gone) + len(wanted - existing.keys())

    # --- The record of it ---------------------------------------------------------------------

    def finish(self) -> None:
        """Log what happened and raise the data version; do neither when nothing did."""
        if self.is_new or self.report_changed:
            self.done.counts["report"]["added" if self.is_new else "changed"] += 1
        if not self.done.anything:
            return
        counts = {name: dict(+counter) for name, counter in self.done.counts.items() if +counter}
        summary = Change(act="report.loaded", row=self.report, after=counts)
        log_many([summary, *self.done.changes], by=None, name="load_report", now=self.now, via=Via.COMMAND)
        words.index_report(self.report.pk)
        raise_data_version(self.report.pk, now=self.now)


def differs(row: Any, name: str, value: Any) -> bool:
    """Say whether a stored value is another one; related rows are compared by their keys."""
    model_field = row._meta.get_field(name)
    stored = getattr(row, model_field.attname)
    return bool(stored != (getattr(value, "pk", None) if model_field.is_relation else value))
