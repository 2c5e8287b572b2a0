"""Addresses of what administrators do to many rows, and of the record of it."""

from django.urls import path
from django.urls.resolvers import URLPattern

from . import amendments, batches, bulk, changes, grid

urlpatterns: list[URLPattern] = [
    # staff/bulk/…
    path("bulk/", bulk.bulk_edit, name="bulk-edit"),
    path("bulk/grid/", grid.bulk_grid, name="bulk-grid"),
    path("bulk/filters/", bulk.filter_save, name="filter-save"),
    path("bulk/filters/<int:pk>/delete/", bulk.filter_delete, name="filter-delete"),
    # staff/batches/…
    path("batches/", batches.batch_list, name="batch-list"),
    path("batches/<int:pk>/", batches.batch_detail, name="batch-detail"),
    path("batches/<int:pk>/revert/", batches.batch_revert, name="batch-revert"),
    # staff/amendments/…
    path("amendments/", amendments.amendment_list, name="amendment-list"),
    path("amendments/<int:pk>/", amendments.amendment_detail, name="amendment-detail"),
    path("commitments/<str:code>/amend/", amendments.amendment_propose, name="amendment-propose"),
    path("changes/", changes.change_log, name="change-log"),
]
