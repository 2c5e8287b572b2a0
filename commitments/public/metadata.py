"""What machines read on a page: schema.org descriptions."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..exchange.sheets import FORMATS
from ..models import Report

# What would end the element that holds the description, written so that it cannot.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def dataset(report: Report, *, site_url: str, total: int) -> SafeString:
    """Return the schema.org Dataset of everything that the tracker holds about the report, as JSON-LD."""
    description: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": _("Commitments of the %(title)s and their progress") % {"title": report},
        "description": _(
            "%(total)s commitments with their exact words, figures, stages, departments and approved progress."
        )
        % {"total": total},
        "url": f"{site_url}/",
        "inLanguage": "zh-Hans",  # of the data, whatever the page speaks
        "temporalCoverage": f"{report.year}-01-01/{report.year}-12-31",
        "spatialCoverage": str(report.district_en or report.district),
        "isBasedOn": {
            "@type": "Report",
            "name": report.title,
            "datePublished": report.delivered_on.isoformat(),
        },
        "isAccessibleForFree": True,
        "license": f"{site_url}{reverse('public:data')}",
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": f"{site_url}/commitments.{ending}",
            }
            for ending, kind in (
                ("csv", "text/csv"),
                ("json", "application/json"),
                ("xlsx", FORMATS["xlsx"]),
            )
        ],
    }
    if report.data_changed_at:
        description["dateModified"] = report.data_changed_at.isoformat()
    return mark_safe(json.dumps(description, ensure_ascii=False).translate(ESCAPES))  # noqa: S308  escaped above
