"""Addresses of the exchange room."""

from django.urls import path, re_path
from django.urls.resolvers import URLPattern

from . import documents, ledger

FORMAT = r"(?P<file_format>xlsx|csv)"

urlpatterns: list[URLPattern] = [
    # staff/ledger/…: lists out and in
    path("ledger/export/", ledger.ledger_export_page, name="ledger-export"),
    re_path(rf"^ledger/export/ledger\.{FORMAT}$", ledger.ledger_file, name="ledger-file"),
    path("ledger/import/", ledger.ledger_import, name="ledger-import"),
    path("ledger/import/<slug:key>/", ledger.ledger_import, name="ledger-import-list"),
    path("ledger/import/<slug:key>/template.xlsx", ledger.template_file, name="ledger-template"),
    path("ledger/import/<slug:key>/preview/<str:token>/", ledger.ledger_preview, name="ledger-preview"),
    re_path(rf"^ledger/(?P<key>[a-z]+)/list\.{FORMAT}$", ledger.book_file, name="ledger-list-file"),
    path("ledger/accounts/invitations/", ledger.invitations_send, name="invitations-send"),
    # staff/documents/…: what goes out on paper
    path("documents/", documents.document_list, name="document-list"),
    path("documents/<slug:key>/", documents.document_file, name="document-file"),
]
