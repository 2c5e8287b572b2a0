"""The reader's two switches, language and size of type. Both are forms that need no script."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from ..answers import LARGE, TYPE_COOKIE

A_YEAR = 365 * 24 * 3600


# Neither switch is worth forging, and without a token in them public pages are the same for
# everyone: they set no cookie and can be kept by caches.
@csrf_exempt
@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Remember the language and return to the page."""
    return HttpResponse(status=204) if "language" not in request.POST else set_language(request)


@csrf_exempt
@require_POST
def type_set(request: HttpRequest) -> HttpResponse:
    """Remember the size of type and return to the page."""
    response = HttpResponseRedirect(safe_next(request))
    if request.POST.get("type") == LARGE:
        response.set_cookie(
            TYPE_COOKIE,
            LARGE,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(TYPE_COOKIE, samesite="Lax")
    return response


def safe_next(request: HttpRequest) -> str:
    """Return the address to go back to: one of this site, else the first page."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed and target else "/"
