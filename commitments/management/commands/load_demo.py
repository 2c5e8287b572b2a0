"""Loads and removes the demonstration set: a year of invented progress, held at one day."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments import clock
from commitments.demo.load import NotLoadable, is_loaded, load, new_password, set_password
from commitments.demo.remove import NotRemovable, remove
from commitments.demo.stories import DEMO_DAY
from commitments.models import Report


class Command(BaseCommand):
    help = (
        "Load invented departments, accounts and a year of progress, all marked 演示数据 "
        "(does nothing if they are there already)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--password", help="the password of the demonstration accounts; by default a new one"
        )
        parser.add_argument("--remove", action="store_true", help="take the demonstration set out again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self.take_out()
        elif is_loaded():
            self.stdout.write("演示数据已在库中。The demonstration data is loaded already.")
            if options["password"]:
                self.name(set_password(checked(options["password"])), options["password"])
        else:
            self.put_in(checked(options["password"]) if options["password"] else new_password())

    def put_in(self, password: str) -> None:
        try:
            loaded = load(Report.objects.default(), password=password)
        except Report.DoesNotExist as missing:
            raise CommandError("There is no report yet; load one with load_report.") from missing
        except NotLoadable as refusal:
            raise CommandError(str(refusal)) from refusal
        counts = ", ".join(f"{count} {name}" for name, count in loaded.counts.items())
        self.stdout.write(f"演示数据已载入。Demonstration data loaded: {counts}.")
        self.name(loaded.usernames, password)
        if settings.TRACKER_TODAY != DEMO_DAY:
            self.stdout.write(
                f"TRACKER_TODAY={DEMO_DAY} shows it as of its own day; today is {clock.today()}."
            )

    def take_out(self) -> None:
        try:
            count = remove(now=clock.now())
        except NotRemovable as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"演示数据已移除。Demonstration data removed: {count} updates.")

    def name(self, usernames: list[str], password: str) -> None:
        self.stdout.write(
            "演示账号（密码只显示这一次）Demonstration accounts (the password is shown this once): "
            f"{', '.join(usernames)}  {password}"
        )


def checked(password: str) -> str:
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
