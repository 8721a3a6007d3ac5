"""What can go wrong between a URL and its body, in words a person can act on."""

from __future__ import annotations

from store.errors import LinernotesError


class CrawlError(LinernotesError):
    """A failure of the crawler."""


class BadUrl(CrawlError):
    """A text that is no URL of a page: another scheme, credentials in it, or malformed."""


class ContactMissing(CrawlError):
    """A public host is to be crawled, but nobody is named whom its owner could write to."""

    exit_code = 2


class NotAFeed(CrawlError):
    """A body that was to be a feed or a sitemap, but is not."""


class FetchFailed(CrawlError):
    """A request that brought no usable answer.

    `reason` says why in words; `transient` whether trying again later may help.
    """

    def __init__(self, reason: str, *, transient: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient


class AddressRefused(FetchFailed):
    """The host has a private or special address, which is not to be fetched."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, transient=False)
