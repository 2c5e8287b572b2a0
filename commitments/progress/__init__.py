"""The domain: the only door to a change of progress, and what follows from it."""
