"""The exchange room: the ledger, the lists of departments and staff, and the documents. Administrators only."""
