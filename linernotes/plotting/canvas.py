"""A figure to draw on, and its file: the same picture byte for byte from the same data."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from store.errors import LinernotesError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Theme = Literal["light", "dark"]
# Inches on a side, and dots on one.
LEAST_SIZE, MOST_SIZE = 2.0, 60.0
SUFFIXES = (".png", ".svg")


class PlotFailed(LinernotesError):
    """A picture could not be drawn or written."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks: `width` and `height` in inches, `dpi` dots to the inch (of PNG)."""

    width: float
    height: float
    dpi: int = 150
    theme: Theme = "light"

    @property
    def ink(self) -> str:
        """The colour of what is to be read."""
        return "#1b1b1f" if self.theme == "light" else "#f0f0f4"

    @property
    def faint(self) -> str:
        """The colour of what only helps."""
        return "#6b6b73" if self.theme == "light" else "#a5a5b0"

    @property
    def rest(self) -> str:
        """The colour of those that have none of their own."""
        return "#c4c4cc" if self.theme == "light" else "#4d4d58"

    @property
    def paper(self) -> str:
        """The colour behind everything."""
        return "#ffffff" if self.theme == "light" else "#14141a"

    @property
    def colours(self) -> tuple[str, ...]:
        """Twelve that the colour-blind tell apart: Paul Tol's "muted", on dark his "light", and more."""
        return _MUTED if self.theme == "light" else _LIGHT


_MUTED = (
    "#332288",
    "#44AA99",
    "#CC6677",
    "#88CCEE",
    "#882255",
    "#117733",
    "#DDCC77",
    "#AA4499",
    "#999933",
    "#E17C05",
    "#6699CC",
    "#661100",
)
_LIGHT = (
    "#77AADD",
    "#EE8866",
    "#44BB99",
    "#EEDD88",
    "#FFAABB",
    "#99DDFF",
    "#BBCC33",
    "#C5A5E8",
    "#AAAA00",
    "#DDDDDD",
    "#FFC27A",
    "#B0B0FF",
)


def check_output(file: Path) -> None:
    """Refuse, before anything is drawn, a file that is no picture; say what is missing when matplotlib is."""
    if file.suffix.lower() not in SUFFIXES:
        raise PlotFailed(
            f"{file} must end in {' or '.join(SUFFIXES)}, which says what kind of picture it is."
        )
    try:
        import matplotlib  # noqa: F401, PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise PlotFailed(
            "Pictures are drawn with matplotlib, which is not installed; "
            "add it with `pip install 'linernotes[plot]'`."
        ) from error


@contextmanager
def picture(look: Look, file: Path) -> Iterator[Figure]:
    """A figure, which is written to `file` when it is drawn."""
    check_output(file)
    import matplotlib as mpl  # noqa: PLC0415 - as above
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    rules: dict[Any, Any] = {
        "font.family": ["DejaVu Sans"],
        "svg.hashsalt": "linernotes",  # names of SVG elements are random otherwise
        "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
        "text.parse_math": False,  # A$AP Rocky is no formula
        "text.color": look.ink,
        "axes.labelcolor": look.ink,
        "axes.edgecolor": look.faint,
        "xtick.color": look.ink,
        "ytick.color": look.ink,
        "axes.facecolor": look.paper,
        "figure.facecolor": look.paper,
        "savefig.facecolor": look.paper,
    }
    with mpl.rc_context(rules), warnings.catch_warnings():
        # Names in scripts that the font lacks are drawn as boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(look.width, look.height), dpi=look.dpi)
        FigureCanvasAgg(figure)
        yield figure
        _write(figure, file)


def _write(figure: Figure, file: Path) -> None:
    """Write without the time and the version of the program, so that the same picture is the same file."""
    kind = file.suffix.lower()
    metadata = {"Date": None, "Creator": None} if kind == ".svg" else {"Software": None}
    partial = file.with_name(f".{file.name}.partial{kind}")
    try:
        figure.savefig(partial, format=kind[1:], metadata=metadata)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise PlotFailed(f"{file} cannot be written: {error.strerror or error}.") from error


class Places:
    """Where text has been put on an axes, so that no text is put on another."""

    def __init__(self, figure: Figure, axes: Axes) -> None:
        self._renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]  # Agg's has one
        self._axes = axes
        self._taken: list[tuple[float, float, float, float]] = []

    def put(self, text: Text, *, around: int, margin: float) -> bool:
        """Leave the text where it is, or move it up to `around` steps to where it is free, or remove it.

        `margin` is what must stay free around it, as a share of the height of one line.
        """
        box = text.get_window_extent(self._renderer)
        lines = 1 + text.get_text().count("\n")
        step = box.height / lines
        inside = self._axes.get_window_extent(self._renderer)
        for across, up in _spiral(around):
            dx, dy = across * box.width / 4, up * step / 2
            moved = (box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)
            if self._is_free(moved, margin * step) and _within(moved, inside.extents):
                x, y = self._axes.transData.transform(text.get_position())
                right, top = self._axes.transData.inverted().transform((x + dx, y + dy)).tolist()
                text.set_position((right, top))
                self._taken.append(moved)
                return True
        text.remove()
        return False

    def _is_free(self, box: tuple[float, float, float, float], margin: float) -> bool:
        x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        return not any(x0 < b[2] and b[0] < x1 and y0 < b[3] and b[1] < y1 for b in self._taken)


def _within(box: tuple[float, float, float, float], frame: tuple[float, ...]) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _spiral(rings: int) -> list[tuple[int, int]]:
    """Steps to the right and up, the nearest first."""
    steps = [(x, y) for x in range(-rings, rings + 1) for y in range(-rings, rings + 1)]
    return sorted(steps, key=lambda step: (step[0] ** 2 + step[1] ** 2, step))
