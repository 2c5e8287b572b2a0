"""What goes out and comes in as files: a report's reading, ledgers, departments, accounts."""
