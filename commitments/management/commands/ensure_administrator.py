"""Creates the first administrator and prints the password, once."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from commitments import clock
from commitments.choices import Role, Via
from commitments.exchange.staff_list import free_name
from commitments.models import User
from commitments.progress.changes import Change, log


class Command(BaseCommand):
    help = "Create an administrator with a new password, printed once, unless there is one already."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
                return
            name, password = free_name("admin"), secrets.token_urlsafe(12)
            made = User.objects.create_user(
                name,
                password=password,
                role=Role.ADMINISTRATOR,
                is_staff=True,
                is_superuser=True,
                must_change_password=True,
            )
            change = Change(act="account.added", row=made, after={"username": name, "role": made.role})
            log(change, by=None, name="ensure_administrator", now=clock.now(), via=Via.COMMAND)
        self.stdout.write(
            f"管理员账号（密码只显示这一次，首次登录须修改）：{name}  {password}\n"
            f"Administrator (the password is shown this once; change it when you sign in): {name}  {password}"
        )
