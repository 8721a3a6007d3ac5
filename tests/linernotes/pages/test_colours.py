"""The colours of the map: told apart by everybody, and seen on both papers."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from linernotes.service.pages.rendering import STATIC

# How colours look with one kind of cones missing: Machado, Oliveira and Fernandes (2009), severity 1.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# From linear sRGB to OKLab (Ottosson 2020).
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
LEAST_APART = 0.08
PAPERS = {"LIGHT": "#fbf8f1", "DARK": "#14120f"}


def _linear(colour: str) -> NDArray[np.float64]:
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = TO_LAB @ np.cbrt(TO_CONES @ np.clip(linear, 0, 1))
    return found


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def _colours(theme: str) -> list[str]:
    text = (STATIC / "map/colours.js").read_text()
    (block,) = re.findall(rf"const {theme} = \[(.*?)\];", text, re.DOTALL)
    return re.findall(r"#[0-9a-f]{6}", block)


@pytest.mark.parametrize("theme", PAPERS)
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_colours_look_alike(theme: str, sight: str) -> None:
    seen = {colour: _lab(SIGHT[sight] @ _linear(colour)) for colour in _colours(theme)}
    assert len(seen) == 10
    nearest = min(combinations(seen, 2), key=lambda pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]))
    assert np.linalg.norm(seen[nearest[0]] - seen[nearest[1]]) > LEAST_APART, nearest


@pytest.mark.parametrize("theme", PAPERS)
def test_every_colour_stands_out_from_the_page(theme: str) -> None:
    assert PAPERS[theme] in (STATIC / "style.css").read_text()
    paper = _luminance(PAPERS[theme])
    for colour in _colours(theme):
        lighter, darker = max(_luminance(colour), paper), min(_luminance(colour), paper)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, colour
