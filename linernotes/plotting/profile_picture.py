"""The picture of an artist: what it is described with, by facet, and who is near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.answers import SimilarArtist
from linernotes.plotting.canvas import Look, picture
from store.lookup_records import Descriptor

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Letters of a name or term that have room beside its bar.
_LETTERS = 28


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """What the picture shows: descriptors by facet, each facet's strongest first, and similar artists."""

    artist: str
    facets: Mapping[str, Sequence[Descriptor]]
    similar: Sequence[SimilarArtist]


def draw_profile_picture(content: ProfileContent, look: Look, file: Path) -> None:
    """Draw an artist's descriptors as bars by facet, and its neighbours beside them."""
    with picture(look, file) as figure:
        figure.suptitle(content.artist, x=0.03, y=0.97, ha="left", size=16, weight="bold")
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
        _descriptors(left, content, look)
        neighbours = [(each.artist, each.similarity) for each in content.similar]
        _bars(right, neighbours, [look.colours[1]] * len(neighbours), look)
        right.set_title("similar artists, by similarity", size=10, loc="left", color=look.faint)
        figure.subplots_adjust(left=0.22, right=0.96, top=0.87, bottom=0.06, wspace=0.75)


def _descriptors(axes: Axes, content: ProfileContent, look: Look) -> None:
    """The bars of all facets, with a line of room and a heading for each."""
    rows: list[tuple[str, float]] = []
    colours: list[str] = []
    headings: list[tuple[int, str]] = []
    for number, (facet, terms) in enumerate(content.facets.items()):
        headings.append((len(rows), facet))
        rows += [("", 0.0), *((each.term, each.weight) for each in terms)]
        colours += [look.colours[number % len(look.colours)]] * (1 + len(terms))
    _bars(axes, rows, colours, look)
    for row, facet in headings:
        axes.text(0, row, facet, va="center", ha="left", size=9, weight="bold", color=look.ink)
    axes.set_title("described with, by weight", size=10, loc="left", color=look.faint)


def _bars(axes: Axes, rows: Sequence[tuple[str, float]], colours: Sequence[str], look: Look) -> None:
    places = range(len(rows))
    axes.barh(places, [value for _, value in rows], color=colours, height=0.72)
    axes.set_yticks(places, [_short(name) for name, _ in rows], size=9)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    most = max((value for _, value in rows), default=0) or 1
    axes.set_xlim(0, most * 1.18)
    for place, (name, value) in enumerate(rows):
        if name:
            axes.text(
                value + most * 0.015, place, f"{value:.2f}", va="center", ha="left", size=8, color=look.faint
            )


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
