"""bin/bench: how fast the tracker is, measured beside what else one would use. Not part of the tests."""
