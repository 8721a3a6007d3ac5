"""Looking at one page outside of a crawl, under the same rules: contact, addresses, robots.txt, TDM, pace."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from crawler.errors import BadUrl, FetchFailed
from crawler.fetching.addresses import is_private_name
from crawler.fetching.http import Answer, HostClient, shared_tls
from crawler.fetching.origin import Origin
from crawler.fetching.pace import Pace
from crawler.fetching.policy import is_redirect, screen_for
from crawler.fetching.settings import CrawlSettings
from crawler.urls import canonical_url, host_of, origin_of
from store.hosts import Host


@dataclass(frozen=True, slots=True)
class Look:
    """What asking for a page came to.

    `url` is where it ended, behind `redirects` (the URLs before). `host` is what its host said last, with
    robots.txt; `delay_seconds` is the Crawl-delay it asks for. `refusal` says why we do not ask, `failure`
    why there is no usable answer; with neither, `answer` is it.
    """

    url: str
    host: Host
    redirects: tuple[str, ...] = ()
    delay_seconds: float = 0.0
    answer: Answer | None = None
    refusal: str | None = None
    failure: str | None = None


def look(url: str, settings: CrawlSettings, known: Callable[[str], Host]) -> Look:
    """Ask for the page at a canonical URL, following redirects; `known` is what is stored of a host.

    Raises ContactMissing before a public host is asked without a contact.
    """
    return asyncio.run(_look(url, settings, known))


async def _look(url: str, settings: CrawlSettings, known: Callable[[str], Host]) -> Look:
    before: list[str] = []
    context = shared_tls()
    while True:
        found = await _ask(url, settings, known(origin_of(url)), context)
        found = replace(found, redirects=tuple(before))
        if found.answer is None or not is_redirect(found.answer):
            return found
        if len(before) == settings.max_redirects:
            return replace(found, failure=f"more than {settings.max_redirects} redirects in a row")
        before.append(url)
        try:
            url = canonical_url(found.answer.headers["location"], url)
        except BadUrl:
            return replace(found, failure="it redirects to something that is no web page")
        if url in before:
            return replace(found, failure="its redirects lead in a circle")


async def _ask(url: str, settings: CrawlSettings, known: Host, context: ssl.SSLContext) -> Look:
    if not is_private_name(host_of(url)):
        settings.require_contact(url)
    origin, pace = Origin(known), Pace(settings.delay_seconds, known.not_before)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(HostClient(settings, context))
        learnt = await origin.learn(client, pace, settings, _sleep)
        seen = Look(url, origin.changes() or known, delay_seconds=origin.robots.delay_seconds)
        if refusal := origin.refusal(url):
            return replace(seen, refusal=refusal)
        if origin.down is not None:
            return replace(seen, failure=origin.down)
        if not learnt or not await pace.next_turn(_sleep):
            return replace(seen, failure="its host asked to be left alone for longer than is waited here")
        return await _answered(seen, client, settings)


async def _answered(seen: Look, client: HostClient, settings: CrawlSettings) -> Look:
    try:
        answer = await client.get(seen.url, screen=screen_for("page"), max_bytes=settings.max_body_bytes)
    except FetchFailed as error:
        return replace(seen, failure=error.reason)
    if answer.refusal is not None:
        return replace(seen, answer=answer, refusal=answer.refusal)
    if answer.status != 200 and not is_redirect(answer):
        return replace(seen, answer=answer, failure=f"the server answers {answer.status}")
    return replace(seen, answer=answer)


async def _sleep(seconds: float) -> bool:
    await asyncio.sleep(max(seconds, 0.0))
    return True
