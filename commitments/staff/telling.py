"""A page that grows while a large batch goes on: bulk edit, taking back, and the ledger's way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.translation import get_language, gettext, override

from commitments.exchange.plans import Moved
from commitments.models import BulkEdit
from commitments.progress.bulk import Changed, Step
from commitments.progress.refusals import Invalid

# From so many rows on, the page tells how far the batch has come.
SHOW_PROGRESS_FROM = 1000


def telling(
    request: HttpRequest, steps: Iterator[Step], finish: Callable[[BulkEdit], str], *, stop: str
) -> StreamingHttpResponse:
    """Answer with the steps as they are done; leaving the page stops the batch, and nothing is changed.

    `finish` is called with the batch and returns what to say of it; `stop` is where leaving leads.
    """
    return StreamingHttpResponse(told(request, steps, finish, stop, get_language() or ""))


def told(
    request: HttpRequest, steps: Iterator[Step], finish: Callable[[BulkEdit], str], stop: str, language: str
) -> Iterator[str]:
    """Yield the page piece by piece."""
    # Sent after the middleware has finished, which also ended the choice of language.
    with override(language):
        page = render_to_string("staff/batch_progress.html", {"stop": stop}, request)
        before, after = page.split("<!--progress-->")
        yield before
        try:
            for step in steps:
                if step.batch is None:
                    yield format_html('<li class="muted">{} / {}</li>\n', step.done, step.total)
                else:
                    link = reverse("staff:batch-detail", args=[step.batch.pk])
                    yield format_html(
                        '<li class="notice"><a href="{}">{}</a></li>\n', link, finish(step.batch)
                    )
        except (Invalid, Changed, Moved) as refusal:
            if isinstance(refusal, Invalid):
                text = str(refusal)
            else:
                text = gettext("Rows changed since the preview. Nothing was changed; begin again.")
            yield format_html(
                '<li class="notice notice--warning" role="alert"><strong>{}</strong></li>\n', escape(text)
            )
        yield after
