"""Invitations by mail: a link with which a person chooses a password. Nobody is ever sent one."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.models import User
from commitments.templatetags.tracker import site_name

log = logging.getLogger(__name__)


def invite(users: Iterable[User]) -> list[User]:
    """Send each person a link for choosing a password; return those whose mail could not be sent.

    Call it after the transaction that made the accounts. The link works once, for as long as
    PASSWORD_RESET_TIMEOUT says; the mail says how to ask for another.
    """
    failed: list[User] = []
    connection = get_connection()
    try:
        connection.open()
    except OSError:
        log.exception("invitations: the mail server cannot be reached")
        return list(users)
    with connection:
        for user in users:
            try:
                sent = connection.send_messages([message_to(user)])
            except OSError:  # every error of smtplib is one
                log.exception("invitations: no mail to account %s", user.pk)
                sent = 0
            if not sent:
                failed.append(user)
    return failed


def message_to(user: User) -> EmailMessage:
    """Return the invitation, in the language of the site."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    with override(settings.LANGUAGE_CODE):
        context = {
            "user": user,
            "site": settings.SITE_URL,
            "link": f"{settings.SITE_URL}{path}",
            "renewal": f"{settings.SITE_URL}{reverse('account_reset_password')}",
            "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        }
        body = render_to_string("account/email/invitation.txt", context)
        subject = _("%(site)s: your account") % {"site": site_name()}
    return EmailMessage(subject, body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])


def never_signed_in() -> QuerySet[User]:
    """Return the active accounts that were invited and have not come yet; invented ones are not mailed."""
    return (
        User.objects.filter(
            is_active=True,
            is_demo=False,
            last_login__isnull=True,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        )
        .exclude(email="")
        .order_by("username")
    )
