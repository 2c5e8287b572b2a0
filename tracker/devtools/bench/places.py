"""The addresses that are measured, by name."""

from urllib.parse import quote

BARE = "/i18n/bare/"
# A word of two characters that stands in every report, and its commitment.
WORD, CODE = quote("污水"), "2024-3.2-07"
# Datasette's search finds no word of two characters.
LONG_WORD = quote("污水管")

# The four of the first goal, then the others.
MAIN = {
    "overview": "/",
    "list": "/commitments/",
    "commitment": f"/commitments/{CODE}/",
    "report": "/report/",
}
LISTS = {
    "list, filtered": "/commitments/?area=3&kind=project",
    "list, searched": f"/commitments/?q={WORD}",
    "list, last page": "/commitments/?page=1000",
}
PUBLIC = {
    **MAIN,
    **LISTS,
    "targets": "/targets/",
    "projects": "/projects/",
    "areas": "/areas/",
    "area": "/areas/3/",
    "theme": "/themes/3.2/",
    "departments": "/departments/",
    "department": "/departments/demo-water/",
    "scorecards": "/scorecards/",
    "updates": "/updates/",
    "updates, feed": "/updates/feed.atom",
    "deadlines": "/deadlines.ics",
    "glossary": "/glossary/",
    "method": "/method/",
    "data": "/data/",
    "accessibility": "/accessibility/",
    "about": "/about/",
    "API: commitments": "/api/v1/commitments",
    "API: searched": f"/api/v1/commitments?q={WORD}",
    "API: one commitment": f"/api/v1/commitments/{CODE}",
    "API: areas": "/api/v1/areas",
    "API: updates": "/api/v1/updates",
}
# Of the report with the very long list, where there is a thousandth page.
DEEP = {
    "page 1": "/commitments/",
    "page 1,000": "/commitments/?page=1000",
}
EXPORTS = {
    "CSV": "/commitments.csv",
    "Excel": "/commitments.xlsx",
    "JSON": "/commitments.json",
    "data package": "/data/commitments.zip",
}
STAFF = {
    "worklist": "/staff/",
    "update form": f"/staff/commitments/{CODE}/update/",
    "review queue": "/staff/review/",
    "periods": "/staff/periods/",
    "bulk edit": "/staff/bulk/",
    "batches": "/staff/batches/",
    "change log": "/staff/changes/",
    "admin changelist": "/admin/commitments/commitment/",
}
# The report with the very long list (big.py).
BIG_SLUG = "nanan-2024-c4999"
