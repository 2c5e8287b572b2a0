"""Addresses of the staff pages."""

from django.urls import URLPattern, URLResolver, path

from . import admin_urls, chase, chases, evidence, ledger_urls, periods, review, update, worklist

app_name = "staff"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.worklist, name="worklist"),
    # staff/commitments/…: one commitment
    path("commitments/<str:code>/row/", worklist.worklist_row, name="worklist-row"),
    path("commitments/<str:code>/update/", update.update_edit, name="update-edit"),
    path("commitments/<str:code>/update/draft/", update.update_draft, name="update-draft"),
    path("commitments/<str:code>/update/preview/", update.update_preview, name="update-preview"),
    path("commitments/<str:code>/unchanged/", update.update_unchanged, name="update-unchanged"),
    path("commitments/<str:code>/chase/", chase.chase_create, name="chase-create"),
    # staff/updates/…: one update that was submitted
    path("updates/<int:pk>/", update.update_detail, name="update-detail"),
    path("updates/<int:pk>/withdraw/", update.update_withdraw, name="update-withdraw"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence-file"),
    path("chases/", chases.chase_many, name="chase-many"),
    path("chases/<int:pk>/reply/", chase.chase_reply, name="chase-reply"),
    path("chases/<int:pk>/close/", chase.chase_close, name="chase-close"),
    # staff/review/…
    path("review/", review.review_queue, name="review-queue"),
    path("review/<int:pk>/", review.review_detail, name="review-detail"),
    path("periods/", periods.period_overview, name="period-overview"),
    *admin_urls.urlpatterns,
    *ledger_urls.urlpatterns,
]
