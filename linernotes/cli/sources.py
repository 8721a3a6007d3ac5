"""`sources add`, `sources list`, `sources remove`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import click

from crawler.fetching.kinds import describe_source
from linernotes.cli.context import Invocation, command
from linernotes.cli.duration import Duration
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.source_list import WantedSource, add_sources
from store.errors import LinernotesError
from store.records import SourceKind
from store.source_removal import remove_source
from store.sources import SourceStatus, list_sources

ADDED = ("id", "url", "kind", "interval_seconds", "scope")
LISTED = (
    "id",
    "url",
    "kind",
    "interval_seconds",
    "scope",
    "pages",
    "queued",
    "due_at",
    "round_started_at",
    "round_finished_at",
    "error",
)


class SourceUnknown(LinernotesError):
    """There is no source with that URL."""

    exit_code = 4


@click.group()
def sources() -> None:
    """Feeds, sitemaps and sites to crawl."""


@command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "--kind", type=click.Choice(["feed", "sitemap", "site"]), help="What it is; found out when not given."
)
@click.option("--interval", type=Duration(), help="Time between two rounds: 30m, 6h, 1d (the default), 2w.")
@click.option("--scope", metavar="URL", help="URL prefix, or path, that followed links must share.")
@format_options
def add(
    invocation: Invocation,
    *,
    urls: tuple[str, ...],
    kind: str | None,
    interval: int | None,
    scope: str | None,
    form: Form | None,
) -> None:
    """Add sources, or change kind, interval and scope of known ones.

    A source is crawled at the next `crawl` or `run`.
    """
    wanted = [WantedSource(url, cast("SourceKind | None", kind), interval, scope) for url in urls]
    with invocation.open_engine().begin() as connection:
        added = add_sources(connection, wanted, datetime.now(UTC))
    print_rows(ADDED, [{name: getattr(source, name) for name in ADDED} for source in added], form)


@command("list")
@format_options
def list_(invocation: Invocation, form: Form | None) -> None:
    """List the sources with their pages, when they are due, and what is wrong with them."""
    with invocation.open_engine(read_only=True).connect() as connection:
        known = list_sources(connection)
    if not print_rows(LISTED, [_row(status) for status in known], form):
        remark("There are no sources yet; add some with `linernotes sources add URL`.")


@command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
def remove(invocation: Invocation, urls: tuple[str, ...]) -> None:
    """Take sources off the list.

    What was read of them stays; `linernotes forget` removes that, too.
    """
    canonical = [describe_source(url).url for url in urls]
    with invocation.open_engine().begin() as connection:
        for url in canonical:
            if not remove_source(connection, url):
                raise SourceUnknown(f"There is no source {url}; see `linernotes sources list`.")
    remark(f"Removed: {', '.join(canonical)}. The documents read from there stay.")


def _row(status: SourceStatus) -> dict[str, object]:
    source = {name: getattr(status.source, name) for name in ADDED}
    return source | {name: getattr(status, name) for name in LISTED if name not in ADDED}


for _command in (add, list_, remove):
    sources.add_command(_command)
