"""The database of linernotes: its schema and every query on it. It does not know where data came from."""
