"""The addresses of the API. Each is a GET, answers approved facts only and says 304 while nothing changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, NinjaAPI, Query, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import ValidationError

from .. import clock
from ..choices import Kind, PublicStatus, Schedule
from ..models import Commitment, ProgressUpdate, Report, ResponsibleArea, Review, Theme
from ..models.commitment import CommitmentQuerySet
from ..progress import news
from ..progress.facts import with_facts
from ..progress.judging import Judged, verdict_of
from ..progress.roll import judged
from ..progress.summaries import by_area, tally
from ..selection.filters import CommitmentFilter
from . import writing
from .conditions import open_data, open_data_of_all
from .cursors import BadCursor, read_cursor, write_cursor
from .schemas import (
    AreaOut,
    CommitmentDetail,
    CommitmentPage,
    NewsPage,
    Problem,
    ReportOut,
)

PAGE_SIZE = 50
LARGEST_PAGE = 200

api = NinjaAPI(
    title=settings.SITE_NAME_EN,
    version="1",
    description=(
        "What a government work report promised for the year, and what became of each promise. Read-only; "
        "approved facts only. Decimals are exact and therefore text. Keys are stable; labels are for people."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="openapi.json",
)

REPORT = "The report; the site's own when none is named."


# What any address may answer in place of what was asked for; 400 is for requests that are no text.
REFUSALS: dict[Any, Any] = {400: None, 404: Problem, 422: Problem}


class OfReport(Schema):
    """The report that is asked about."""

    report: str = Field("", max_length=50, description=REPORT)


class Followed(OfReport):
    """Which changes are asked for."""

    commitment: str = Field("", description="Code of one commitment.", max_length=20)
    department: str = Field("", description="A department that leads or supports.", max_length=50)
    area: int | None = Field(None, description="Number of an area.", ge=0, le=99)
    since: dt.date | None = Field(None, description="Only what was decided on this day or later.")
    cursor: str = Field("", description="Taken from `next`.", max_length=80)
    page_size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class Selection(OfReport):
    """The filters of the list page; several values of one name add up."""

    q: str = Field("", max_length=100, description="Words that must all occur; parted by spaces.")
    area: list[str] = Field([], description="Numbers of areas.")
    theme: list[str] = Field([], description="Themes, such as 3.2.")
    kind: list[Kind] = []
    status: list[PublicStatus] = []
    schedule: list[Schedule] = []
    scorecard: list[str] = []
    department: list[str] = Field([], description="Departments that lead or support.")
    lead: str = Field(
        "", pattern="^(none|named)?$", description="none: led by no department yet; named: led by one."
    )
    hedge: str = Field("", pattern="^(yes|no)?$", description="Whether the report hedges the promise.")
    since: dt.date | None = Field(None, description="Something was published since this day.")
    sort: str = Field("report", pattern="^(report|updated|stale|deadline|status)$")
    page: int = Field(1, ge=1, le=100_000)
    page_size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


@api.get("reports", response={200: list[ReportOut], **REFUSALS}, tags=["report"], summary="All reports")
@decorate_view(open_data_of_all)
def reports(request: HttpRequest) -> Any:
    """Return every report that has been loaded."""
    return [report_out(report) for report in Report.objects.defer("text").order_by("-year", "slug")]


@api.get(
    "areas", response={200: list[AreaOut], **REFUSALS}, tags=["report"], summary="Areas with their tallies"
)
@decorate_view(open_data)
def areas(request: HttpRequest, asked: Query[OfReport]) -> Any:
    """Return the areas of a report in its order, with their themes and the tally of their commitments."""
    chosen = report_or_404(asked.report)
    tallies = by_area(judged(chosen, today=clock.today()))
    themes = Prefetch("themes", Theme.objects.select_related("area").order_by("number"))
    return [
        {
            "number": area.number,
            "title": area.title,
            "title_en": area.title_en,
            "themes": [writing.theme_out(theme) for theme in area.themes.all()],
            "total": tallies[area].total if area in tallies else 0,
            "counts": writing.counts(tallies.get(area) or tally(())),
            "url": writing.address("public:area-detail", area.number),
        }
        for area in ResponsibleArea.objects.filter(report=chosen).prefetch_related(themes)
    ]


@api.get(
    "commitments",
    response={200: CommitmentPage, **REFUSALS},
    tags=["commitments"],
    summary="Commitments, filtered and paged",
)
@decorate_view(open_data)
def commitments(request: HttpRequest, asked: Query[Selection]) -> Any:
    """Return one page of the commitments that are asked for, judged on the day."""
    report = report_or_404(asked.report)
    chosen = CommitmentFilter(request.GET, report=report, today=clock.today())
    if not chosen.form.is_valid():
        errors = {name: [str(error) for error in found] for name, found in chosen.form.errors.items()}
        return Status(422, {"detail": "A value is not one of those that exist.", "errors": errors})
    page = Paginator(chosen.selected, asked.page_size).get_page(asked.page)
    rows = list(page.object_list)
    prefetch_related_objects([row.commitment for row in rows], "supports", "scorecards")
    return {
        "report": report.slug,
        "judged_on": chosen.today,
        "data_version": report.data_version,
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": with_query(request, page=page.next_page_number()) if page.has_next() else None,
        "previous": with_query(request, page=page.previous_page_number()) if page.has_previous() else None,
        "items": [writing.commitment_out(row, report) for row in rows],
    }


@api.get(
    "commitments/{code}",
    response={200: CommitmentDetail, **REFUSALS},
    tags=["commitments"],
    summary="One commitment with everything approved about it",
)
@decorate_view(open_data)
def commitment(request: HttpRequest, code: str, asked: Query[OfReport]) -> Any:
    """Return one commitment with its explanation, its approved updates, newest first, and its amendments."""
    chosen, today = report_or_404(asked.report), clock.today()
    facts = with_facts(Commitment.objects.filter(report=chosen))
    found = get_object_or_404(facts.prefetch_related("supports", "scorecards"), code=code)
    found.report = chosen
    row = Judged(found, verdict_of(found, today=today))
    updates = list(approved_updates(found))
    known = frozenset(update.pk for update in updates)
    return {
        **writing.commitment_out(row, chosen),
        "is_retired": found.is_retired,
        "finish_line": found.finish_line,
        "reading_note": found.reading_note,
        "same_promise": [other.code for other in found.same_promise.published().order_by("code")],
        "explanation": [{"key": step.key, "text": str(step)} for step in row.verdict.steps],
        "rule_version": row.verdict.rule_version,
        "judged_on": today,
        "updates": [writing.update_out(update, update.approvals, known) for update in updates],
        "amendments": [writing.amendment_out(amendment) for amendment in found.amendments.approved()],
    }


@api.get(
    "updates",
    response={200: NewsPage, **REFUSALS},
    tags=["updates"],
    summary="What was published, newest first",
)
@decorate_view(open_data)
def updates(request: HttpRequest, asked: Query[Followed]) -> Any:
    """Return approved updates and amendments. Follow `next` for older ones; nothing is skipped or repeated."""
    report = report_or_404(asked.report)
    try:
        after = read_cursor(asked.cursor)
    except BadCursor:
        return Status(422, {"detail": "The cursor is not one that this API gave."})
    start = timezone.make_aware(dt.datetime.combine(asked.since, dt.time())) if asked.since else None
    rows = list(news.entries(followed(report, asked), after=after, since=start)[: asked.page_size + 1])
    last = rows[asked.page_size - 1] if len(rows) > asked.page_size else None
    return {
        "report": report.slug,
        "next": with_query(request, cursor=write_cursor(last)) if last else None,
        "items": news_out(news.load(rows[: asked.page_size])),
    }


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a value of the wrong type in the shape of every other refusal."""
    errors: dict[str, list[str]] = {}
    for problem in error.errors:
        # The place ends in the parameter's name, and in a number where it may be given several times.
        names = [part for part in problem["loc"] if isinstance(part, str)]
        errors.setdefault(names[-1], []).append(str(problem["msg"]))
    content = {"detail": "A value is not one of those that exist.", "errors": errors}
    return api.create_response(request, content, status=422)


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that the API does not have in the shape of every other refusal."""
    content = {"detail": "There is nothing at this address.", "errors": {}}
    response = api.create_response(request, content, status=404)
    response["Access-Control-Allow-Origin"] = "*"
    return response


# --- What the addresses share ----------------------------------------------------------------------


def report_or_404(slug: str) -> Report:
    """Return the named report, the site's own when none is named."""
    if slug:
        return get_object_or_404(Report, slug=slug)
    try:
        return Report.objects.default()
    except Report.DoesNotExist as error:
        raise Http404 from error


def report_out(report: Report) -> dict[str, Any]:
    """Return a report; two queries each, and there is one for each year."""
    return {
        "slug": report.slug,
        "title": report.title,
        "title_en": report.title_en,
        "district": report.district,
        "year": report.year,
        "delivered_on": report.delivered_on,
        "text_sha256": report.text_sha256,
        "plan_start": report.plan_start,
        "plan_end": report.plan_end,
        "commitments": report.commitments.published().count(),
        "data_version": report.data_version,
        "data_changed_at": report.data_changed_at,
        "demonstration": ProgressUpdate.objects.filter(commitment__report=report, is_demo=True).exists(),
        "url": writing.address("public:report"),
    }


def followed(report: Report, asked: Followed) -> CommitmentQuerySet:
    """Return the published commitments whose changes are asked for."""
    within = Commitment.objects.published().filter(report=report)
    if asked.commitment:
        within = within.filter(code=asked.commitment)
    if asked.department:
        within = within.filter(pk__in=of_department(asked.department))
    if asked.area is not None:
        within = within.filter(theme__area__number=asked.area)
    return within


def of_department(slug: str) -> Any:
    """Return the ids of what the department leads or supports."""
    lead = Commitment.objects.filter(lead__slug=slug).order_by().values("pk")
    supports = Commitment.objects.filter(supports__slug=slug).order_by().values("pk")
    return lead.union(supports)


def approved_updates(commitment: Commitment) -> Any:
    """Return the approved updates with the decisions that approved them, newest first."""
    approving = Review.objects.approving().order_by("pk")
    return (
        ProgressUpdate.objects.approved()
        .filter(commitment=commitment)
        .prefetch_related("evidence", Prefetch("reviews", approving, to_attr="approvals"))
        .order_by("-submitted_at", "-pk")
    )


def news_out(items: list[news.NewsItem]) -> list[dict[str, Any]]:
    """Return the entries of a page; one query more, for what they correct."""
    corrected = {item.update.corrects_id for item in items if item.update and item.update.corrects_id}
    known = frozenset(
        ProgressUpdate.objects.approved().filter(pk__in=corrected).values_list("pk", flat=True)
        if corrected
        else ()
    )
    return [
        {
            "key": item.key,
            "kind": item.kind,
            "at": item.at,
            "commitment": {
                "code": item.commitment.code,
                "title": item.commitment.title,
                "url": writing.address("public:commitment-detail", item.commitment.code),
            },
            "decision": item.review.decision if item.review else None,
            "update": writing.update_out(item.update, [item.review], known)
            if item.update and item.review
            else None,
            "amendment": writing.amendment_out(item.amendment) if item.amendment else None,
        }
        for item in items
    ]


def with_query(request: HttpRequest, **changes: object) -> str:
    """Return the full address of this request with some parameters changed."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
