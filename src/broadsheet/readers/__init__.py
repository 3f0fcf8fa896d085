"""Who speaks: accounts, names and marks."""
