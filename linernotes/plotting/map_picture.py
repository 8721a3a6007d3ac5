"""The picture of the map of all artists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.plotting.canvas import Look, Places, picture
from store.maps import NO_REGION, ArtistMap, MapRegion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Points of type for the names of regions by level, and for those of artists, on a picture 16 inches wide.
_SIZES = (15.0, 10.0, 7.0)
_ARTIST_SIZE = 5.6
_USUAL_WIDTH = 16.0
# Names of artists are larger by this factor on a map that is not crowded.
_CROWDED, _ROOM = 500, 1.6
# How far a name stands above its artist, in units of the map: half a line.
_RISE = 0.014
# How far the name of a region may move to find room, in steps.
_AROUND = (14, 8, 3)
# How many of the best-known artists are tried.
_ARTISTS = 1500
# Groups with a colour of their own; the others are grey.
GROUPS = 10


@dataclass(frozen=True, slots=True)
class MapContent:
    """What the picture shows: the map, its regions, and how well known artists are, by id.

    `strongest` is the strongest term of each artist by id when a facet gives the colours; otherwise the
    coarsest regions do.
    """

    artists: ArtistMap
    regions: Sequence[MapRegion]
    familiarity: Mapping[int, float]
    strongest: Mapping[int, str] | None = None


def draw_map_picture(content: MapContent, look: Look, file: Path) -> None:
    """Draw the map: every artist a point, regions and, where there is room, well-known artists by name."""
    scale = look.width / _USUAL_WIDTH
    with picture(look, file) as figure:
        axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        axes.set_axis_off()
        axes.set_aspect("equal")
        groups, names = _groups(content)
        _points(axes, content.artists.xy, groups, look, scale)
        places = Places(figure, axes)
        if content.strongest is not None:
            _legend(axes, names, look, scale)
        _name_regions(axes, places, content.regions, look, scale)
        _name_artists(axes, places, content, look, scale)
        _sign(figure, content, look, scale)


def _groups(content: MapContent) -> tuple[NDArray[np.int64], list[str]]:
    """The group of each artist, -1 for none, and the names of the groups."""
    if content.strongest is not None:
        terms = [content.strongest.get(artist, "") for artist in content.artists.ids.tolist()]
        count = Counter(term for term in terms if term)
        names = sorted(count, key=lambda term: (-count[term], term))[:GROUPS]
        number = {name: place for place, name in enumerate(names)}
        return np.array([number.get(term, -1) for term in terms], dtype=np.int64), names
    parent = {region.region_id: region.parent_id for region in content.regions}
    coarsest = [region for region in content.regions if region.level == 0]
    number_of = {region.region_id: place for place, region in enumerate(coarsest)}
    found = [number_of.get(_root(region, parent), -1) for region in content.artists.region_ids.tolist()]
    return np.array(found, dtype=np.int64), [region.label for region in coarsest]


def _root(region: int, parent: Mapping[int, int | None]) -> int:
    while region != NO_REGION and (above := parent.get(region)) is not None:
        region = above
    return region


def _points(axes: Axes, xy: NDArray[np.float32], groups: NDArray[np.int64], look: Look, scale: float) -> None:
    size = float(np.clip(90_000 / max(1, len(xy)), 2, 60)) * scale**2
    colours = np.array([*look.colours, look.rest])[np.where(groups < 0, -1, groups % len(look.colours))]
    axes.scatter(xy[:, 0], xy[:, 1], s=size, c=colours, alpha=0.6, linewidths=0, rasterized=True)
    axes.set_xlim(-1.06, 1.06)
    axes.set_ylim(-1.06, 1.06)


def _name_regions(axes: Axes, places: Places, regions: Sequence[MapRegion], look: Look, scale: float) -> None:
    above: set[tuple[int | None, str]] = set()
    by_id = {region.region_id: region for region in regions}
    for region in regions:  # the coarsest first, then the largest
        outer = by_id.get(region.parent_id) if region.parent_id is not None else None
        if outer is not None and (outer.label == region.label or (outer.region_id, region.label) in above):
            continue
        _label(
            axes,
            places,
            (region.x, region.y),
            region.label.replace(", ", "\n") if region.level < 2 else region.label.replace(", ", "\n", 1),
            look,
            around=_AROUND[region.level],
            halo=3.0 * scale,
            color=look.ink,
            size=_SIZES[region.level] * scale,
            weight=("bold", "bold", "normal")[region.level],
            linespacing=1.05,
            zorder=9 - region.level,
        )


def _name_artists(axes: Axes, places: Places, content: MapContent, look: Look, scale: float) -> None:
    ids, names = content.artists.ids.tolist(), content.artists.names
    order = sorted(range(len(ids)), key=lambda n: (-content.familiarity.get(ids[n], 0.0), ids[n]))
    for number in order[:_ARTISTS]:
        x, y = content.artists.xy[number].tolist()
        _label(
            axes,
            places,
            (x, y + _RISE),
            names[number],
            look,
            around=1,
            halo=1.6 * scale,
            color=look.faint,
            size=_ARTIST_SIZE * scale * (1 if len(ids) > _CROWDED else _ROOM),
            style="italic",
        )


def _label(
    axes: Axes,
    places: Places,
    place: tuple[float, float],
    text: str,
    look: Look,
    *,
    around: int,
    halo: float,
    **font: Any,  # noqa: ANN401 - properties of matplotlib's Text
) -> None:
    """Put a name where there is room for it, on a halo of paper.

    The halo is a text of its own: one with an outline is no text any more in SVG.
    """
    from matplotlib.patheffects import Stroke  # noqa: PLC0415 - an extra, and slow to load

    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    name = axes.text(place[0], place[1], text, **middle, **font)
    if places.put(name, around=around, margin=0.2):
        below: dict[str, Any] = font | {"color": look.paper, "zorder": name.get_zorder() - 0.5}
        outline = [Stroke(linewidth=halo, foreground=look.paper, alpha=0.85)]
        x, y = name.get_position()
        axes.text(x, y, text, **middle, **below, path_effects=outline)


def _legend(axes: Axes, names: Sequence[str], look: Look, scale: float) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 - an extra, and slow to load

    handles = [
        Line2D([], [], marker="o", linestyle="", color=look.colours[number % len(look.colours)], label=name)
        for number, name in enumerate(names)
    ]
    axes.legend(handles=handles, loc="upper left", frameon=False, fontsize=9 * scale, labelcolor=look.ink)


def _sign(figure: Figure, content: MapContent, look: Look, scale: float) -> None:
    figure.text(
        0.99,
        0.01,
        f"{len(content.artists.ids):,} artists; near are those who are written about alike",
        size=7 * scale,
        color=look.faint,
        ha="right",
        va="bottom",
    )
