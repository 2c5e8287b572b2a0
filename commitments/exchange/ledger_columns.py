"""The columns of the ledger: their names in Chinese and English, who may change them, and how a cell reads."""
