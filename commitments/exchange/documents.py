"""Word documents from approved facts: the period's progress notice, the year-end account to the congress."""
