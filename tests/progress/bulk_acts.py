"""Bulk edits as tests ask for them: one request, previewed and applied at a fixed moment."""

from commitments.models import BulkEdit, Commitment
from commitments.progress import bulk
from commitments.progress.bulk import Request
from tests.progress.acts import NOW


def everything():
    return Commitment.objects.all()


def request(reason="年初分解", **edits) -> Request:
    return Request(edits=edits, reason=reason)


def preview(wanted, by, rows=None):
    return bulk.preview(everything() if rows is None else rows, wanted, by=by, now=NOW)


def apply(wanted, by, rows=None) -> BulkEdit:
    rows = everything() if rows is None else rows
    return bulk.apply(rows, wanted, by=by, now=NOW, seen=preview(wanted, by, rows).seen)


def sets(*rows) -> frozenset:
    return frozenset(row.pk for row in rows)
