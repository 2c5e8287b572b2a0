"""The administration site: every table, searched and filtered; what is appended is for reading only.

Writes go through the same doors and into the same log as on the staff pages. Role administrators may do
the daily work here; what only a superuser may do is said where it is refused.
"""

from django.contrib import admin
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.templatetags.tracker import site_name

from . import commitments, people, readings, records

__all__ = ["commitments", "people", "readings", "records"]


def _header() -> str:
    return gettext("%(site)s: administration") % {"site": site_name()}


admin.site.site_header = lazy(_header, str)()
admin.site.site_title = _("Administration")
admin.site.index_title = _("Tables")
admin.site.disable_action("delete_selected")
