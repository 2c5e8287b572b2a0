"""The commitments of government work reports, and what became of each."""
