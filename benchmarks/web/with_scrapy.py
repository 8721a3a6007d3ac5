"""One crawl of a site with Scrapy: with_scrapy.py URL CONCURRENCY [FILE]. Prints JSON.

A plain CrawlSpider. With FILE, each page goes into that SQLite database as linernotes stores it: compressed
with zlib at level 3, in transactions of 16 pages, write-ahead log. Logs, cookies and console are off.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule

_TOGETHER = 16


class Pages:
    """Item pipeline: a page into SQLite."""

    def open_spider(self, spider: Any = None) -> None:  # noqa: ANN401 - Scrapy ships no annotation for it
        """Create the database."""
        self._connection = sqlite3.connect(sys.argv[3])
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("CREATE TABLE pages (url TEXT PRIMARY KEY, status INTEGER, body BLOB)")
        self._waiting: list[tuple[str, int, bytes]] = []

    def process_item(self, item: dict[str, Any], spider: Any = None) -> dict[str, Any]:  # noqa: ANN401
        """Store a page with the others of its transaction."""
        self._waiting.append((item["url"], item["status"], zlib.compress(item["body"], 3)))
        if len(self._waiting) >= _TOGETHER:
            self._store()
        return item

    def close_spider(self, spider: Any = None) -> None:  # noqa: ANN401
        """Store what is left."""
        self._store()
        self._connection.close()

    def _store(self) -> None:
        with self._connection:
            self._connection.executemany("INSERT INTO pages VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()


class SiteSpider(CrawlSpider):  # type: ignore[misc]  # Scrapy is not installed where types are checked
    """Follows every link of the site."""

    name = "site"
    start_urls = [sys.argv[1]]  # noqa: RUF012 - what Scrapy reads
    allowed_domains = [urlsplit(sys.argv[1]).hostname]  # noqa: RUF012
    rules = (Rule(LinkExtractor(), callback="parse_page", follow=True),)
    pages = 0

    def parse_start_url(self, response: Any, **_: Any) -> Any:  # noqa: ANN401
        """Count, or hand on, the first page."""
        return self.parse_page(response)

    def parse_page(self, response: Any) -> Any:  # noqa: ANN401
        """Count a page, and hand it to the pipeline when there is one."""
        SiteSpider.pages += 1
        if len(sys.argv) > 3:
            return [{"url": response.url, "status": response.status, "body": response.body}]
        return []


def main() -> None:
    """Crawl, and print how many pages were fetched in how many seconds."""
    settings: dict[str, Any] = {
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": int(sys.argv[2]),
        "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
        "DOWNLOAD_DELAY": 0,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
    }
    if len(sys.argv) > 3:
        settings["ITEM_PIPELINES"] = {Pages: 100}
    process = CrawlerProcess(settings)
    process.crawl(SiteSpider)
    began = perf_counter()
    process.start()
    print(json.dumps({"pages": SiteSpider.pages, "seconds": perf_counter() - began}))


if __name__ == "__main__":
    main()
