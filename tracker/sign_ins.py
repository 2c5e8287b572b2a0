"""What is written down about signing in: that it happened, failed or was refused, for whom and from where.

For whom is the number of an account, never what was typed: people type passwords into the field of the
name. From where is a keyed fingerprint: attempts from one place are seen to be that, the place is not.
"""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .visitors import client_address, network_of

log = logging.getLogger("tracker.sign_in")


def write_success(request: HttpRequest, user: Any, **_signal: Any) -> None:
    """Write that somebody signed in; connected to Django's signal."""
    log.info("signed in", extra=_fields(request, user.pk))


def write_failure(request: HttpRequest, **credentials: Any) -> None:
    """Write that a password was wrong, or that there is no such account."""
    log.info("sign-in failed", extra=_fields(request, account_of(**credentials)))


def write_refusal(request: HttpRequest, **credentials: Any) -> None:
    """Write that nobody is let in with this name, or from this place, for a while."""
    log.warning("sign-in refused after too many failures", extra=_fields(request, account_of(**credentials)))


def write_wrong_factor(request: HttpRequest, account: int | None, *, is_refused: bool) -> None:
    """Write that a code or passkey was wrong, or that none is looked at for a while; never what was given."""
    if is_refused:
        log.warning("second factor refused after too many failures", extra=_fields(request, account))
    else:
        log.info("second factor failed", extra=_fields(request, account))


def account_of(*, username: str = "", email: str = "", **_others: Any) -> int | None:
    """Return the number of the account that these credentials name; None when there is none."""
    names = [name for name in (username, email) if name]
    named = Q()
    for name in names:
        named |= Q(username__iexact=name) | Q(email__iexact=name)
    return get_user_model().objects.filter(named).values_list("pk", flat=True).first() if names else None


def _fields(request: HttpRequest, account: int | None) -> dict[str, Any]:
    place = network_of(client_address(request))
    fingerprint = salted_hmac("tracker.sign_in", place, algorithm="sha256").hexdigest()[:12] if place else ""
    return {"fields": {"account": account or "", "place": fingerprint}}
