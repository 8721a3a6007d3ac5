"""One crawl of a site into a new SQLite database: with_linernotes.py URL FILE CONCURRENCY. Prints JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from time import perf_counter

from crawler.fetching.crawl import crawl
from crawler.fetching.kinds import describe_source
from crawler.fetching.settings import CrawlSettings
from store.engine import connect
from store.migrate import upgrade
from store.sources import add_source


def main(url: str, file: str, concurrency: int) -> None:
    """Crawl, and print how many pages were fetched in how many seconds."""
    engine = connect(f"sqlite:///{file}")
    upgrade(engine)
    with engine.begin() as connection:
        add_source(connection, describe_source(url, kind="site"), datetime.now(UTC))
    settings = CrawlSettings(
        allow_private_hosts=True,
        delay_seconds=0,
        host_concurrency=concurrency,
        max_concurrency=concurrency,
    )
    began = perf_counter()
    report = crawl(engine, settings)
    seconds = perf_counter() - began
    print(json.dumps({"pages": report.count("fetched"), "seconds": seconds, "outcomes": report.outcomes}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
