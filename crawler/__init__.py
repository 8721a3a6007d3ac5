"""From a source on the web, or a file, to clean documents in the store."""
