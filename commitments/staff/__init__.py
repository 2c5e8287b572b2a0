"""Pages of those who keep the tracker: report, review, bulk edit."""
