"""Archives of what was fetched, in the Web's standard format for them (WARC, ISO 28500)."""
