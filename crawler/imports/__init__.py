"""Documents from files: CSV, JSONL, Parquet and WARC.

A file becomes a table of rows (`tables`, `parquet`, `warc`), a row becomes a document (`mapping`), and the
documents go to `crawler.documents.deposit` in batches (`run.import_documents`).
"""
