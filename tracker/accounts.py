"""Who may have an account, how long a sign-in lasts, and which proof of identity staff must give."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.core.internal import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .sign_ins import write_failure, write_refusal
from .visitors import client_address, network_of

GetResponse = Callable[[HttpRequest], HttpResponse]
# What stays closed until an account is in order; the account pages are where it is put in order.
CLOSED = ("/staff/", "/admin/")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead on to the work: signing in with the new password shall not end at changing it again."""
        return settings.LOGIN_REDIRECT_URL

    def set_password(self, user: Any, password: str) -> None:
        """Store a password that its owner chose: by changing it, or through the link of a mail."""
        user.must_change_password = False
        super().set_password(user, password)

    # --- Wrong passwords: few for a name from one place, more for a name from everywhere ------------------
    #
    # Otherwise anybody who knows a name could keep its owner out by typing wrong passwords. What one
    # place is refused is not counted against the name, so it takes many places to close a name.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return the name together with the place that tries it; for the limit "login_failed"."""
        name: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{name}:{network_of(client_address(request))}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse while a limit is used up. Raises ValidationError."""
        try:
            super().pre_authenticate(request, **credentials)
            name = super()._get_login_attempts_cache_key(request, **credentials)
            self._name_usage = ratelimit.consume(
                request, app="allauth.account", action="login_failed_anywhere", key=name
            )
            if not self._name_usage:
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            write_refusal(request, **credentials)
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        """Give both counts back: the password was right."""
        super()._rollback_login_failed_rl_usage()
        if usage := getattr(self, "_name_usage", None):
            usage.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        write_failure(request, **credentials)


class LoginForm(BaseLoginForm):
    """allauth's own, with a label that says both ways and without hints inside the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("User name or e-mail address")
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""  # the page has its own link to a new password


class ChangePasswordForm(BaseChangePasswordForm):
    """allauth's own, for which the password that is to be changed is no new one."""

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if self.user.check_password(password):
            raise ValidationError(_("This is the password that you have already. Choose another one."))
        return password


class WordsOfThePlaceValidator:
    """Refuses passwords made of what everybody here would try first: the place, the site and a few digits."""

    words = ("南岸", "承诺", "重庆", "nanan", "chengnuo", "chongqing", "tracker")
    # What has to be left when those are taken out.
    rest = 8

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        for word in (settings.SITE_NAME, settings.SITE_NAME_EN.lower(), *self.words):
            left = left.replace(word, "")
        if len(left) < self.rest and len(left) < len(password):
            raise ValidationError(
                _("Name of the place or of this site with little else: easily guessed."),
                code="words_of_place",
            )

    def get_help_text(self) -> str:
        return _("Not the name of the place or of this site with a few digits.")


class SessionLimitsMiddleware:
    """Signs people out after SESSION_IDLE_MINUTES without a request and SESSION_ABSOLUTE_HOURS in all.

    The request then goes on as one of nobody: the public page is shown, a staff page leads to
    signing in and back. What was typed is kept as a draft, in the database or in the browser.
    """

    # The time of the last request is written down once a minute, not with every request.
    written_every = 60

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie nobody is signed in; asking would make every public page vary by cookie.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.keep_time(request, int(time.time()))
        return self.get_response(request)

    def keep_time(self, request: HttpRequest, now: int) -> None:
        """End the session when a limit has passed; note the time otherwise."""
        session = request.session
        began = session.setdefault("signed_in_at", now)
        seen = session.get("seen_at", now)
        if (
            now - seen > settings.SESSION_IDLE_MINUTES * 60
            or now - began > settings.SESSION_ABSOLUTE_HOURS * 3600
        ):
            logout(request)
            messages.warning(
                request, _("You were signed out because too much time had passed. Your drafts are kept.")
            )
        elif now - seen >= self.written_every or "seen_at" not in session:
            session["seen_at"] = now


class OneTimePasswordMiddleware:
    """Leads people whose password somebody else has seen to choosing their own, before any staff page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(CLOSED) and getattr(request.user, "must_change_password", False):
            messages.warning(request, _("Choose a password of your own first: this one was given to you."))
            return redirect("account_change_password")
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads reviewers and administrators without a second factor to setting one up, where that is required.

    Only pages under /staff/ and /admin/ are closed to them: the account pages are where the factor
    is set up, and the public pages are everyone's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_SECOND_FACTOR and request.path.startswith(CLOSED) and self.lacks_factor(request):
            messages.warning(
                request,
                _("Set up a second factor first: this site requires one of reviewers and administrators."),
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def lacks_factor(self, request: HttpRequest) -> bool:
        """Say whether a person with power over others' records has only a password."""
        user = request.user
        if not user.is_authenticated:
            return False
        has_power = user.is_reviewer or user.is_administrator or user.is_staff
        return has_power and not is_mfa_enabled(user)
