"""How the crawler behaves towards other people's servers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from crawler.errors import ContactMissing

# The name that robots.txt rules address us by (RFC 9309, section 2.2.1: letters, "-" and "_").
PRODUCT = "linernotes"

# An address to write to or a page to read; the reserved example domains (RFC 2606) reach nobody.
_CONTACT = re.compile(r"(?:mailto:)?[^\s@()]+@[^\s@()]+\.[^\s@()]+|https?://[^\s()]+\.[^\s()]+")
_NOBODY = re.compile(r"(?:^|[@/.])example\.(?:com|net|org)\b|\.(?:example|invalid|test)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """What a crawl may do; times are in seconds, sizes in bytes.

    `contact` is an email address or web page where the owner of a host can complain; it is sent with
    every request and required for public hosts. `delay_seconds` passes between the starts of two requests
    to one registered domain, which has at most `host_concurrency` of them under way; `max_concurrency`
    bounds all requests under way and `max_hosts` the domains worked on at once. A failed request is
    repeated `retries` times. A pause asked for by a host (Retry-After, Crawl-delay, backoff) is waited for
    when it is at most `patience_seconds`; a longer one is left to the next crawl. A page is looked at again
    after its source's interval at the earliest and `max_revisit_seconds` at the latest. A database that went
    away is waited for up to `database_patience_seconds`.
    """

    contact: str | None = None
    user_agent: str | None = None
    allow_private_hosts: bool = False
    delay_seconds: float = 1.0
    max_concurrency: int = 64
    host_concurrency: int = 1
    max_hosts: int = 1_000
    timeout_seconds: float = 20.0
    deadline_seconds: float = 120.0
    max_body_bytes: int = 10_000_000
    retries: int = 3
    backoff_seconds: float = 2.0
    patience_seconds: float = 60.0
    max_redirects: int = 10
    max_depth: int = 200
    max_pages_per_source: int = 100_000
    max_pages_per_domain: int = 100_000
    max_revisit_seconds: int = 90 * 86_400
    database_patience_seconds: float = 300.0

    @property
    def agent(self) -> str:
        """The User-Agent header: what we are and whom to write to."""
        if self.user_agent:
            return self.user_agent
        name = f"{PRODUCT}/{_version()}"
        return f"{name} (+{self.contact})" if self.contact else name

    @property
    def has_contact(self) -> bool:
        """Whether `contact` looks like an address that reaches somebody."""
        contact = self.contact or ""
        return bool(_CONTACT.fullmatch(contact)) and not _NOBODY.search(contact)

    def require_contact(self, url: str) -> None:
        """Raise ContactMissing, naming the public `url` to be crawled, unless there is a contact."""
        if not self.has_contact:
            raise ContactMissing(
                f"{url} is on a public host, and crawling it needs a contact that its owner can write to; "
                f"set `contact` to your email address or web page (now: {self.contact or 'nothing'})."
            )


def _version() -> str:
    try:
        return version(PRODUCT)
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"
