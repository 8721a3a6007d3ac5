"""`plot map`, `plot artist`, `plot trend`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linernotes.cli.catalog import open_for
from linernotes.cli.context import Invocation, command, common_options
from linernotes.cli.output import remark
from linernotes.plotting.canvas import LEAST_SIZE, MOST_SIZE, Look, Theme, check_output
from nlp.facets import DESCRIPTIVE_FACETS

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
@common_options
def plot() -> None:
    """Pictures: the map, an artist, a trend.

    Written as PNG or SVG, by the ending of --out. Needs matplotlib: pip install 'linernotes[plot]'.
    """


def _picture_options(name: str, width: float, height: float) -> Callable[[F], F]:
    """The options that every picture has."""
    inches = click.FloatRange(LEAST_SIZE, MOST_SIZE)

    def decorate(function: F) -> F:
        for option in (
            click.option("--dark", is_flag=True, help="Light on dark."),
            click.option(
                "--dpi",
                type=click.IntRange(30, 1200),
                default=150,
                show_default=True,
                help="Dots an inch of a PNG.",
            ),
            click.option(
                "--height", type=inches, default=height, show_default=True, help="Height in inches."
            ),
            click.option("--width", type=inches, default=width, show_default=True, help="Width in inches."),
            click.option(
                "--out",
                type=click.Path(path_type=Path, dir_okay=False),
                default=Path(name),
                show_default=True,
                metavar="FILE",
                help="Where to write it; .png or .svg.",
            ),
        ):
            function = option(function)
        return function

    return decorate


def _look(width: float, height: float, dpi: int, dark: bool) -> Look:
    theme: Theme = "dark" if dark else "light"
    return Look(width, height, dpi, theme)


@command("map")
@click.option(
    "--facet", type=click.Choice(DESCRIPTIVE_FACETS), help="Colour by the strongest term of a facet."
)
@_picture_options("map.png", 16, 16)
def map_(
    invocation: Invocation, *, facet: str | None, out: Path, width: float, height: float, dpi: int, dark: bool
) -> None:
    """Draw the map of all artists.

    With the names of its regions, and of as many of the best-known artists as have room. Colours are those of
    the coarsest regions, unless a facet is named.
    """
    from linernotes.plotting.map_picture import draw_map_picture  # noqa: PLC0415 - loads what only pictures need
    from linernotes.plotting.material import map_content  # noqa: PLC0415 - as above

    check_output(out)
    content = map_content(invocation.open_engine(read_only=True), facet)
    draw_map_picture(content, _look(width, height, dpi, dark), out)
    remark(f"Drew {len(content.artists.ids):,} artists: {out}")


@command()
@click.argument("artist")
@_picture_options("artist.png", 10, 7)
def artist(
    invocation: Invocation, *, artist: str, out: Path, width: float, height: float, dpi: int, dark: bool
) -> None:
    """Draw an artist's profile.

    The strongest descriptors of each facet as bars, and the most similar artists.
    """
    from linernotes.plotting.material import profile_content  # noqa: PLC0415 - as above
    from linernotes.plotting.profile_picture import draw_profile_picture  # noqa: PLC0415 - as above

    check_output(out)
    with open_for(invocation) as catalog:
        content = profile_content(catalog, artist)
    draw_profile_picture(content, _look(width, height, dpi, dark), out)
    remark(f"Drew {content.artist}: {out}")


@command()
@click.argument("artist", required=False)
@click.option("--term", help="How often artists are described with this term, instead.")
@_picture_options("trend.png", 10, 4)
def trend(
    invocation: Invocation,
    *,
    artist: str | None,
    term: str | None,
    out: Path,
    width: float,
    height: float,
    dpi: int,
    dark: bool,
) -> None:
    """Draw how much was written over time.

    About an artist, or with a term: documents a week, or a month or year when there are many.
    """
    if (artist is None) == (term is None):
        raise click.UsageError("Give an artist, or --term TERM")
    from linernotes.plotting.material import artist_trend, term_trend  # noqa: PLC0415 - as above
    from linernotes.plotting.trend_picture import draw_trend_picture  # noqa: PLC0415 - as above

    check_output(out)
    if term is not None:
        content = term_trend(invocation.open_engine(read_only=True), term)
    else:
        with open_for(invocation) as catalog:
            content = artist_trend(catalog, artist or "")
    draw_trend_picture(content, _look(width, height, dpi, dark), out)
    remark(f"Drew {content.title}: {out}")


for _command in (map_, artist, trend):
    plot.add_command(_command)
