"""Long lists a few hundred rows at a time: what a download sends, in memory that does not grow with the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ..models import Commitment, Report
from ..progress.judging import Judged
from ..progress.roll import judged

# So many rows are judged, sent and forgotten before the next are read.
SIZE = 500


class Portions:
    """The commitments with these ids, judged on the day, in this order: four queries for each portion."""

    def __init__(self, report: Report, ids: Sequence[int], *, today: dt.date) -> None:
        self.report, self.ids, self.today = report, ids, today

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[list[Judged]]:
        for start in range(0, len(self.ids), SIZE):
            some = self.ids[start : start + SIZE]
            chosen = Commitment.objects.filter(pk__in=some)
            found = {
                row.commitment.pk: row for row in judged(self.report, today=self.today, commitments=chosen)
            }
            # One that was retired meanwhile is no longer sent.
            yield [found[pk] for pk in some if pk in found]
