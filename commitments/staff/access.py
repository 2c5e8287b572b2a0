"""Who may open which staff page, and what the others are told. Rows are checked here too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.htmx import HtmxHttpRequest, wants_partial
from commitments.models import Commitment, Report, User
from commitments.progress.facts import with_facts

View = Callable[..., HttpResponseBase]


class StaffRequest(HtmxHttpRequest):
    """A request behind one of the decorators below: somebody is signed in."""

    user: User


class Refused(Exception):
    """This person may not do this; the message says why and what to do instead."""


def staff_required(view: View) -> View:
    """Let signed-in people in; lead the others to signing in and back."""
    return _guarded(view, lambda user: True, "")


def reviewer_required(view: View) -> View:
    """Let reviewers and administrators in; tell the others whom to ask."""
    return _guarded(
        view,
        lambda user: user.is_reviewer or user.is_administrator,
        gettext_lazy(
            "This page is for reviewers. If reviewing is your task, ask an administrator for the role."
        ),
    )


def administrator_required(view: View) -> View:
    """Let administrators in; tell the others whom to ask."""
    return _guarded(
        view,
        lambda user: user.is_administrator,
        gettext_lazy(
            "This page is for administrators. Ask one of them to make the change, or to give you the role."
        ),
    )


def _guarded(view: View, may_enter: Callable[[User], bool], refusal: Any) -> View:
    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not may_enter(request.user):
            return refuse(request, str(refusal))
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return refuse(request, str(refused))

    return guarded


def ask_to_sign_in(request: HtmxHttpRequest) -> HttpResponse:
    """Lead to signing in and back; inside a page that stays open, say so without touching the rest."""
    if not wants_partial(request):
        return redirect_to_login(request.get_full_path())
    page = request.htmx.current_url_abs_path or resolve_url("staff:worklist")
    return notice(request, "signed-out", {"page": page}, status=401)


def refuse(request: HtmxHttpRequest, reason: str) -> HttpResponse:
    """Answer 403 with the reason and what to do; as a notice inside a page that stays open."""
    if wants_partial(request):
        return notice(request, "refused", {"reason": reason}, status=403)
    return render(request, "403.html", {"reason": reason}, status=403)


def notice(request: HtmxHttpRequest, partial: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    """Answer htmx with a line for the page's notice area, whatever region had been asked for."""
    response = render(request, f"staff/notices.html#{partial}", context, status=status)
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML"
    return response


def posted(request: HtmxHttpRequest) -> QueryDict | None:
    """Return what was posted, also when that is nothing; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def number(text: str | None) -> int | None:
    """Return the whole number that a form or an address gave; None for anything that no row can have as key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def current_report() -> Report:
    """Return the report the staff pages work on; 404 while none has been loaded."""
    try:
        return Report.objects.default()
    except Report.DoesNotExist as missing:
        raise Http404("no report has been loaded") from missing


def commitment_for(user: User, code: str, *, to_report: bool = False) -> Commitment:
    """Return the commitment with all that its pages show.

    Raises Http404 when there is none, and Refused when it is not this person's to read (or, with
    `to_report`, to report on).
    """
    rows = with_facts(Commitment.objects.published().filter(report=current_report()))
    commitment = rows.filter(code=code).first()
    if commitment is None:
        raise Http404("no such commitment")
    is_allowed = (user.is_reviewer and not to_report) or commitment.is_reportable_by(user)
    if not is_allowed:
        raise Refused(
            _(
                "This commitment is led by another department. Ask its lead department to report, "
                "or an administrator to assign it to yours."
            )
        )
    return commitment
