"""`forget`: removes on request, and keeps away."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict, dataclass
from typing import Literal

import click
from sqlalchemy import Connection

from crawler.urls import canonical_url
from linernotes.cli.context import Invocation, command
from linernotes.cli.failures import FAILED
from linernotes.cli.output import Form, clean, format_options, print_rows, remark
from linernotes.errors import ArtistNotFound, BadQuestion
from linernotes.release_files.making import make_files
from store.artists import find_artists, nearest_names
from store.forgetting import Forgotten, ForgottenArtist, forget_artist, forget_host, forget_url
from store.records import Artist

COLUMNS = ("target", "kind", "what", "removed")
Kind = Literal["url", "host", "artist"]
_HOST = re.compile(
    r"[a-z0-9_-]+(\.[a-z0-9_-]+)+(:\d+)?|\[[0-9a-f:]+\](:\d+)?|localhost(:\d+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be forgotten: `value` is a canonical URL, a host, or an artist's name."""

    kind: Kind
    value: str
    artist_id: int = 0


@command()
@click.argument("target", metavar="URL|HOST|ARTIST")
@click.option("--as", "kind", type=click.Choice(["url", "host", "artist"]), help="What it is, if in doubt.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_options
@click.pass_context
def forget(
    ctx: click.Context,
    invocation: Invocation,
    *,
    target: str,
    kind: Kind | None,
    yes: bool,
    form: Form | None,
) -> None:
    """Remove a page, a host or an artist, and all that was derived from it.

    A forgotten URL or host is not crawled or imported again. A forgotten artist comes back when a registry
    that has it is imported again.
    """
    engine = invocation.open_engine()
    with engine.connect() as connection:
        meant = _target(connection, target, kind)
    if not yes and not _confirmed(meant):
        remark("Nothing was changed.")
        ctx.exit(FAILED)
    with engine.begin() as connection:
        removed = _forget(connection, meant)
    counts = {name: count for name, count in asdict(removed).items() if isinstance(count, int)}
    rows = [{"target": meant.value, "kind": meant.kind, "what": n, "removed": c} for n, c in counts.items()]
    print_rows(COLUMNS, rows, form)
    if trouble := make_files(engine, invocation.settings().cache):  # those with its vector go
        remark(f"The files of the release are still as they were: {trouble}. Remove them by hand.")
    if removed.remine:
        remark("Weights, vectors and neighbours still rest on it until the next `linernotes mine`.")


def _target(connection: Connection, text: str, kind: Kind | None) -> Target:
    """What is meant: as said, else by its looks; BadQuestion when it could be two things."""
    if kind is None:
        kind = _guess(connection, text)
    if kind == "url":
        return Target("url", canonical_url(text))
    if kind == "host":
        return Target("host", text)
    artist = _one_artist(connection, text)
    return Target("artist", artist.name, artist.id or 0)


def _guess(connection: Connection, text: str) -> Kind:
    if "://" in text:
        return "url"
    if not _HOST.fullmatch(text):
        return "artist"
    if find_artists(connection, text):
        raise BadQuestion(f"{text!r} is an artist and may be a host, too; add --as artist or --as host.")
    return "host"


def _one_artist(connection: Connection, text: str) -> Artist:
    found = find_artists(connection, text)
    if not found:
        raise ArtistNotFound(text, nearest_names(connection, text))
    if len(found) > 1:
        choices = ", ".join(
            f"#{artist.id}" + (f" ({artist.disambiguation})" if artist.disambiguation else "")
            for artist in found
        )
        raise BadQuestion(f"{len(found)} artists are called {text!r}: {choices}; name one by its number.")
    return found[0]


def _confirmed(target: Target) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("Without a terminal to ask on, `forget` needs --yes.")
    return click.confirm(f"Forget the {target.kind} {clean(target.value)} and all that was derived from it?")


def _forget(connection: Connection, target: Target) -> Forgotten | ForgottenArtist:
    if target.kind == "artist":
        return forget_artist(connection, target.artist_id)
    forget_web = forget_url if target.kind == "url" else forget_host
    return forget_web(connection, target.value)
