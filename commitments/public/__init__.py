"""Pages that everyone sees."""
