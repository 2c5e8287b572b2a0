"""The ledger going out: .xlsx with drop-downs and notes, .csv with a byte order mark."""
