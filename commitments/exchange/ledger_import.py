"""The ledger coming back: what each cell would change, what is wrong, what somebody else changed since."""
