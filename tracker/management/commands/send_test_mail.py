"""Sends one mail and says what became of it."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email


class Command(BaseCommand):
    help = "Send a test mail with the settings in force; fail with the reason when it cannot leave."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        address: str = options["address"]
        try:
            validate_email(address)
        except Exception as error:
            raise CommandError(f"{address} is no address for mail.") from error
        if "smtp" not in settings.EMAIL_BACKEND and "locmem" not in settings.EMAIL_BACKEND:
            self.stderr.write(f"EMAIL_HOST is not set: mail goes to {settings.EMAIL_BACKEND}, not out.")
        message = EmailMessage(
            subject="测试邮件 · Test mail",
            body=f"{settings.SITE_URL}\n\n邮件设置有效。\nThe mail settings work.\n",
            to=[address],
            connection=get_connection(fail_silently=False),
        )
        try:
            sent = message.send()
        except (OSError, smtplib.SMTPException) as error:
            raise CommandError(
                f"The mail could not be sent by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {error}"
            ) from error
        if sent != 1:
            raise CommandError("The mail was not sent.")
        self.stdout.write(
            f"Handed to {settings.EMAIL_HOST or settings.EMAIL_BACKEND} for {address}, from {settings.DEFAULT_FROM_EMAIL}."
        )
