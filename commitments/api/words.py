"""The words of the API's description, for the documentation page in the reader's language.

The description itself stays English: programs and their authors share one. A test holds the two together.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS = frozenset(
    {
        _(
            "What a government work report promised for the year, and what became of each promise. Read-only; "
            "approved facts only. Decimals are exact and therefore text. Keys are stable; labels are for people."
        ),
        # Addresses
        _("All reports"),
        _("Return every report that has been loaded."),
        _("Areas with their tallies"),
        _("Return the areas of a report in its order, with their themes and the tally of their commitments."),
        _("Commitments, filtered and paged"),
        _("Return one page of the commitments that are asked for, judged on the day."),
        _("One commitment with everything approved about it"),
        _(
            "Return one commitment with its explanation, its approved updates, newest first, and its amendments."
        ),
        _("What was published, newest first"),
        _(
            "Return approved updates and amendments. Follow `next` for older ones; nothing is skipped or repeated."
        ),
        # Parameters
        _("The report; the site's own when none is named."),
        _("Words that must all occur; parted by spaces."),
        _("Numbers of areas."),
        _("Themes, such as 3.2."),
        _("Departments that lead or support."),
        _("none: led by no department yet; named: led by one."),
        _("Whether the report hedges the promise."),
        _("Something was published since this day."),
        _("Code of one commitment."),
        _("A department that leads or supports."),
        _("Number of an area."),
        _("Only what was decided on this day or later."),
        _("Taken from `next`."),
        # Shapes
        _("A commitment with everything approved about it."),
        _("A commitment with its state on the day of judgement."),
        _("A commitment, by code and title."),
        _("A decision that lets the public read an update."),
        _("A department, by its stable name in addresses."),
        _("A government work report."),
        _("A link or a file that shows the fact."),
        _("A paragraph inside an area, named by its lead sentence."),
        _("An approved change of wording, target or deadline."),
        _("An approved progress update."),
        _("An area of the report, by number and title."),
        _("An area with its themes and the tally of its commitments."),
        _("Entries, newest first; `next` continues after the last one, whatever is published meanwhile."),
        _("How many commitments stand in one status."),
        _("Last year's figure, as the same report states it."),
        _("One decision that changed what the public reads: an update or an amendment."),
        _("One page of commitments, in a stable order."),
        _("One sentence of the explanation."),
        _("What a project promises."),
        _("What a target promises, as printed."),
        _("Why a request was refused."),
        # Fields
        _("Codes of the same promise made elsewhere."),
        _("Day of the latest approved fact."),
        _("Empty for a rank or a direction without a figure."),
        _("Empty while it is open."),
        _("Empty while no department has been named."),
        _("Exact decimal as text, in the target's unit."),
        _("Exact decimal as text."),
        _("In 10,000 yuan; exact decimal as text."),
        _("In the lead department's words."),
        _("Number of area and theme, such as 3.2."),
        _("Number of published commitments."),
        _("Rises with every change that the public can see."),
        _("SHA-256 of the stored text; offsets count its characters from 0."),
        _("Stable for ever and never reused."),
        _("The approved update that this one corrects."),
        _("The exact words that promise it."),
        _("The first deadline, if it was another."),
        _("The report's words."),
        _("Title in the report's own language."),
        _("Whether a later reading of the report no longer lists it."),
        _("Whether invented progress is among the data."),
        _("update or amendment."),
    }
)


def told(words: str) -> str:
    """Return the words in the reader's language; empty stays empty."""
    return gettext(words) if words else ""
