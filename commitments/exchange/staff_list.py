"""The list of staff, out and in: a new row becomes an account with an invitation, never with a password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from commitments.choices import Role, Via
from commitments.models import Department, User
from commitments.progress.changes import Change, log_many
from commitments.progress.fields import Names

from .cells import choice_of, text_of, yes_or_no
from .columns import VERSION, VERSION_NOTE, Column, recognise, sheet_of
from .ledger_values import directories, limited
from .lists import (
    ListPlanner,
    Values,
    Wanted,
    checked,
    require_administrator,
    settled,
    shown_value,
    version_of,
)
from .plans import Plan
from .sheets import written
from .uploads import Cell, Table, read_tables

_LIMITS = {"username": 150, "full_name": 60, "email": 254}


@dataclass(frozen=True)
class Person:
    """One account with what its row shows."""

    user: User
    departments: frozenset[int]
    names: Names

    def __str__(self) -> str:
        return str(self.user)


def values_of(person: Person) -> Values:
    """Return what the list may change."""
    user = person.user
    return {
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "role": user.role,
        "departments": person.departments,
        "is_active": user.is_active,
    }


def _shown(names: Names, key: str, value: Any) -> str:
    if key == "departments":
        return names.text("supports", value)
    return str(Role(value).label) if key == "role" else shown_value(value)


def _show(key: str) -> Any:
    return lambda person: _shown(person.names, key, values_of(person)[key])


def _column(
    key: str,
    title: Any,
    note: Any,
    width: int,
    options: str = "",
    is_open: bool = False,
    aliases: tuple[str, ...] = (),
) -> Column[Person]:
    return Column(
        key, title, note, _show(key), width, True, options=options, is_open=is_open, aliases=aliases
    )


COLUMNS: list[Column[Person]] = [
    _column("username", pgettext_lazy("account", "User name"), gettext_lazy("For signing in. Empty for a new one: made from the e-mail address."), 18,
            aliases=("账号", "登录名")),
    _column("full_name", pgettext_lazy("account", "Name"), gettext_lazy("The person's name; it stands beside what they write."), 14,
            aliases=("人员", "填报人", "联络员")),
    _column("email", pgettext_lazy("account", "E-mail"), gettext_lazy("Needed: the invitation goes there. Nobody is sent a password."), 28,
            aliases=("电子邮箱", "电子邮件", "邮件")),
    _column("role", pgettext_lazy("account", "Role"), gettext_lazy("Reporter, reviewer or administrator. Empty for a new one: reporter."), 12, "roles"),
    _column("departments", pgettext_lazy("account", "Departments"), gettext_lazy("Several are separated by “、”, a comma, a semicolon or a line break."), 28, "departments", True, ("单位", "所在单位", "责任单位", "部门")),
    _column("is_active", pgettext_lazy("account", "Active"), gettext_lazy("“no”: may no longer sign in; what they wrote stays."), 8, "answers"),
    Column("last_login", pgettext_lazy("account", "Last signed in"), gettext_lazy("For reading only."),
           lambda person: person.user.last_login and person.user.last_login.date(), 14, kind="date"),
    Column(VERSION, pgettext_lazy("ledger", "Version"), VERSION_NOTE, lambda person: version_of(values_of(person)), 12),
]  # fmt: skip


def people() -> list[Person]:
    """Return all accounts by user name, in three queries."""
    names = Names()
    members: dict[int, set[int]] = {}
    for user_id, department_id in User.departments.through.objects.values_list("user_id", "department_id"):
        members.setdefault(user_id, set()).add(department_id)
    users = User.objects.order_by("username")
    return [Person(user, frozenset(members.get(user.pk, ())), names) for user in users]


def is_header(names: Sequence[str]) -> bool:
    """Say whether a row is this list's header."""
    found = {column.key for column in recognise(names, COLUMNS).values()}
    return bool(found & {"username", "email"}) and len(found) > 1


def export_accounts(file_format: str) -> Iterator[bytes]:
    """Yield the file of all accounts; no password is in it, not even an encoded one."""
    return _written(people(), file_format, COLUMNS)


def template_accounts() -> Iterator[bytes]:
    """Yield an empty .xlsx with the header, the drop-downs and the notes."""
    return _written((), "xlsx", [column for column in COLUMNS if column.is_editable])


def _written(rows: Any, file_format: str, columns: Sequence[Column[Person]]) -> Iterator[bytes]:
    lists = {
        "roles": [str(label) for label in Role.labels],
        "departments": list(Names().of("supports").values()),
        "answers": [pgettext("answer", "yes"), pgettext("answer", "no")],
    }
    return written(sheet_of(pgettext("sheet", "Accounts"), columns, rows, lists=lists), file_format)


def read_accounts(content: bytes, name: str) -> list[Table]:
    """Return the sheets of an uploaded list. Raises uploads.Refused."""
    return read_tables(content, name, is_header=is_header)


class _Planner(ListPlanner[Person]):
    columns = COLUMNS
    keys = ("username", "email")

    def __init__(self, by: User) -> None:
        super().__init__()
        self.by, self.names = by, Names()
        self.departments = directories()["departments"]
        for person in people():
            self.by_key["username"][person.user.username.casefold()] = person
            if person.user.email:
                self.by_key["email"][person.user.email.casefold()] = person

    def find(self, names: Mapping[str, str]) -> Person | None:
        """Return the account of the user name; only where none is given, that of the address."""
        key = "username" if names["username"] else "email"
        return self.by_key[key].get(names[key].casefold())

    def values(self, thing: Person) -> Values:
        return values_of(thing)

    def empty(self, key: str) -> Any:
        return {"role": Role.REPORTER.value, "is_active": True, "departments": frozenset()}.get(key, "")

    def shown(self, key: str, value: Any) -> str:
        return _shown(self.names, key, value)

    def parse(self, key: str, cell: Cell) -> Any:
        if key == "role":
            return choice_of(cell, Role) or Role.REPORTER.value
        if key == "departments":
            return self.departments.several(cell)
        if key == "is_active":
            answer = yes_or_no(cell)
            return True if answer is None else answer
        text = limited(text_of(cell), _LIMITS[key])
        if text and key == "email":
            checked(validate_email, text, _("This is not an e-mail address."))
        if text and key == "username":
            checked(UnicodeUsernameValidator(), text, _("Only letters, digits and @ . + - _ in a user name."))
        return text

    def problems(self, thing: Person | None, values: Values, new: Values) -> list[tuple[str, str]]:
        found = []
        email = str(values.get("email", "")).casefold()
        if not email and (thing is None or "email" in new):
            found.append(("email", _("The invitation needs an e-mail address.")))
        if "email" in new and self.is_taken("email", email, thing):
            found.append(("email", _("Another account has this address already.")))
        if thing is None and self.is_taken("username", new.get("username"), thing):
            found.append(("username", _("Another account has this user name already.")))
        if thing is None:
            return found
        if "username" in new:
            found.append(("username", _("A user name stays as it is.")))
        if thing.user.is_superuser and not self.by.is_superuser:
            found.append(("username", _("Only a superuser changes a superuser's account.")))
        if thing.user.pk == self.by.pk and {"role", "is_active"} & new.keys():
            found.append(("role", _("This is your own account: ask another administrator.")))
        return found


def plan_accounts(tables: Sequence[Table], *, by: User) -> Plan:
    """Return what the tables would change; `by` is the administrator who asks."""
    return _Planner(by).plan(tables)


@dataclass
class Accounts:
    """What an import of accounts led to: how many rows changed, and who is to be invited."""

    changed: int = 0
    invited: list[User] = field(default_factory=list)


@transaction.atomic
def apply_accounts(
    tables: Sequence[Table],
    *,
    by: User,
    now: dt.datetime,
    reason: str,
    seen: str,
    mine: Collection[str] = (),
) -> Accounts:
    """Write the list; the caller sends the invitations once the transaction holds.

    Raises NotAllowed, Moved, Invalid.
    """
    require_administrator(by)
    list(User.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    lines = settled(plan_accounts(tables, by=by), seen, reason, mine)
    made, changes, names = Accounts(), [], Names()
    for wanted in (line.work for line in lines):
        user, change = _write(wanted, names, is_demo=by.is_demo)
        changes.append(change)
        if wanted.thing is None and user.is_active:
            made.invited.append(user)
    log_many(changes, by=by, now=now, via=Via.IMPORT, reason=reason.strip())
    made.changed = len(changes)
    return made


def _write(wanted: Wanted[Person], names: Names, *, is_demo: bool) -> tuple[User, Change]:
    values = dict(wanted.new)
    departments = values.pop("departments", None)
    if wanted.thing is None:
        values["username"] = values.get("username") or free_username(values["email"])
        user = User(**values, is_demo=is_demo)
        user.set_unusable_password()
        user.save()
    else:
        user = wanted.thing.user
        for name, value in values.items():
            setattr(user, name, value)
        if values:
            user.save(update_fields=list(values))
    if departments is not None:
        user.departments.set(Department.objects.filter(pk__in=departments))
    if "email" in values:
        # What allauth knows of an address must not outlive it: it would still open the account.
        EmailAddress.objects.filter(user=user).exclude(email__iexact=values["email"]).delete()
    after = {key: _logged(names, key, value) for key, value in {**wanted.new, **values}.items()}
    if wanted.thing is None:
        return user, Change(act="account.added", row=user, after=after)
    before = {key: _logged(names, key, value) for key, value in wanted.old.items()}
    return user, Change(act="account.changed", row=user, before=before, after=after)


def _logged(names: Names, key: str, value: Any) -> Any:
    return names.logged("supports", value) if key == "departments" else value


def free_username(email: str) -> str:
    """Return a user name made from the address, with a number behind it if somebody has it already."""
    return free_name(
        "".join(char for char in email.split("@")[0] if char.isalnum() or char in ".+-_")[:140] or "user"
    )


def free_name(wanted: str) -> str:
    """Return the user name, with a number behind it if somebody has it already."""
    name, number = wanted, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{wanted}{number}"
    return name
