"""bin/faults: what happens to the real server when it is killed, cut off, crowded or out of space."""
