"""Everything that the page of one update shows: the promise, what stands, the draft, the form, the preview."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from commitments.choices import PublicStatus, UpdateState
from commitments.models import Chase, Commitment, Evidence, ProgressUpdate, Review, UpdateDraft, User
from commitments.progress import record
from commitments.progress.facts import promise_of, thresholds_from_settings
from commitments.progress.inputs import Reported
from commitments.progress.judging import verdict_of
from commitments.progress.verdict import Verdict, judge

from .differences import LABELS, Difference, differences
from .forms import OWN_FIELDS, UpdateForm
from .rows import row_id

# What is taken over from the last report; the account is written anew each time.
PREFILLED = (
    "status", "value", "value_source", "stage", "stage_on", "invested", "obstacle", "help_needed", "expected_on",
)  # fmt: skip


@dataclass
class Sheet:
    """One commitment as its reporter sees it. Reads lazily, never writes."""

    commitment: Commitment
    user: User
    today: dt.date
    data: Any = None  # what was posted, if anything
    files: Any = None
    corrects: ProgressUpdate | None = None
    again: ProgressUpdate | None = None  # was withdrawn, and is written anew from its own words
    known_version: int | None = None  # of the draft, as the posted page holds it
    seen: int | None = None  # the update that the posted page knows
    conflict: ProgressUpdate | None = None  # what somebody else submitted meanwhile
    has_conflict: bool = False
    draft_note: str = ""

    @property
    def row_id(self) -> str:
        return row_id(self.commitment)

    @cached_property
    def latest(self) -> ProgressUpdate | None:
        """Return the newest update that was not withdrawn, with its state; a form is based on it."""
        newest = record.latest_update(self.commitment)
        return newest and ProgressUpdate.objects.with_state().select_related("author").get(pk=newest.pk)

    @cached_property
    def previous(self) -> ProgressUpdate | None:
        """Return the newest update that still stands: what is filled in from."""
        return record.standing_update(self.commitment)

    @property
    def waiting(self) -> ProgressUpdate | None:
        """Return the latest update while nobody has decided on it."""
        return self.latest if self.latest and self.latest.state == UpdateState.SUBMITTED else None

    @cached_property
    def returned(self) -> Review | None:
        """Return the decision that sent the latest update back."""
        if self.latest is None or self.latest.state != UpdateState.RETURNED:
            return None
        return self.latest.reviews.order_by("-pk").first()

    @cached_property
    def chases(self) -> list[Chase]:
        return list(self.commitment.chases.filter(closed_at__isnull=True))

    @cached_property
    def draft(self) -> UpdateDraft | None:
        return UpdateDraft.objects.select_related("owner").filter(commitment=self.commitment).first()

    @property
    def foreign_draft(self) -> bool:
        """Say whether a colleague is writing."""
        return self.draft is not None and self.draft.owner_id != self.user.pk

    @property
    def draft_version(self) -> int | str:
        """Return the version that the page holds; nothing when it knows of no draft of its own."""
        return self.draft.version if self.draft and not self.foreign_draft else ""

    def has_saved(self, draft: UpdateDraft) -> None:
        """Take note of the draft as it is stored now; what was read of it before is out of date."""
        self.__dict__["draft"], self.known_version = draft, draft.version
        self.__dict__.pop("evidence", None)

    @cached_property
    def evidence(self) -> list[Evidence]:
        return list(self.draft.evidence.all()) if self.draft else []

    @cached_property
    def reusable(self) -> list[Evidence]:
        """Return what showed the last report, or the one that was withdrawn, and is not in this draft yet."""
        here = {(piece.url, piece.sha256) for piece in self.evidence}
        source = self.again or self.latest
        last = source.evidence.all() if source else ()
        return [piece for piece in last if (piece.url, piece.sha256) not in here]

    @cached_property
    def verdict(self) -> Verdict:
        return verdict_of(self.commitment, today=self.today)

    # --- The form --------------------------------------------------------------------------------

    @cached_property
    def form(self) -> UpdateForm:
        """Return the form with what was posted, else the draft, else what was last said."""
        if self.data is not None:
            return UpdateForm(self.data, self.files, commitment=self.commitment)
        return UpdateForm(initial=self.initial(), commitment=self.commitment)

    def initial(self) -> dict[str, Any]:
        values: dict[str, Any] = {"token": uuid.uuid4(), "as_of": self.default_day, "based_on": self.based_on}
        if self.draft:
            return {**values, **self.draft.content}
        if source := self.corrects or self.again or (self.latest if self.returned else None):
            values |= {
                name: getattr(source, name) for name in (*PREFILLED, "account", "as_of", "explanation")
            }
        elif self.previous:
            values |= {name: getattr(self.previous, name) for name in PREFILLED}
        if self.corrects:
            values["corrects"] = self.corrects.pk
        return values

    @property
    def default_day(self) -> dt.date:
        """Return today, or the last day of the report's year once that is over."""
        return min(self.today, dt.date(self.commitment.report.year, 12, 31))

    @property
    def based_on(self) -> int | None:
        """Return the update that was seen when the writing began."""
        if self.draft and not self.foreign_draft:
            return self.draft.based_on_id
        return self.latest.pk if self.latest else None

    @property
    def unchanged_token(self) -> uuid.UUID:
        return uuid.uuid4()

    @property
    def side_by_side(self) -> list[Difference]:
        """Return what somebody else submitted meanwhile beside what was typed here."""
        theirs = (
            {item.name: item.after for item in differences(self.conflict, None, self.commitment)}
            if self.conflict
            else {}
        )
        rows = []
        for name, label in LABELS.items():
            before = theirs.get(name, "")
            after = self.form.words(name) if name in self.form.fields else ""
            if before or after:
                rows.append(Difference(name, label, before, after, before != after))
        return rows

    # --- What it would mean ------------------------------------------------------------------------

    @property
    def can_preview(self) -> bool:
        """Say whether figures or stages decide here, so that a preview tells something."""
        return bool(self.form.own_fields)

    @property
    def preview_lacks_evidence(self) -> bool:
        """Say whether the preview is of something kept that nothing shows yet: it could not be verified."""
        return self.preview is not None and self.preview.status == PublicStatus.REPORTED_DONE

    @cached_property
    def preview(self) -> Verdict | None:
        """Return the verdict that the form would bring once verified; None while too little is filled in."""
        values: Mapping[str, Any] = self.initial()
        if self.data is not None:
            form = self.form
        elif self.draft:
            form = UpdateForm(self.draft.content, commitment=self.commitment)
        else:
            form = None
        if form is not None:
            form.full_clean()
            values = form.cleaned_data
            # A figure that cannot be read is not the same as none.
            if form.errors.keys() & {*OWN_FIELDS, "expected_on"}:
                return None
        if not values.get("status") or not values.get("as_of"):
            return None
        reported = Reported(
            self_report=values["status"],
            as_of=values["as_of"],
            value=values.get("value"),
            stage=values.get("stage") or "",
            stage_on=values.get("stage_on"),
            expected_on=values.get("expected_on"),
            is_verified=True,
            has_evidence=bool(self.evidence or values.get("link_url") or values.get("evidence_file")),
        )
        facts = promise_of(self.commitment, list(self.commitment.amendments.approved()), reported)
        return judge(facts, today=self.today, thresholds=thresholds_from_settings())


def draft_note(conflict: record.DraftConflict, *, had_one: bool) -> str:
    """Return the sentence for a draft that could not be saved; `had_one`: the page held a draft of one's own."""
    if conflict.draft is None:
        return _(
            "This draft was submitted or discarded elsewhere; what stands here is kept in this browser only."
        )
    if had_one:
        text = _("Not saved: %(name)s has gone on with this draft elsewhere. Reload to see it.")
    else:
        text = _("Not saved: %(name)s has begun a draft. Reload and take it over to go on with it.")
    return text % {"name": conflict.draft.owner}
