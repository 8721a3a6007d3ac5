"""The tutorial, followed to the letter on the sample site: it works, and what it shows is what comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented_blocks import Block, Reader, agrees, blocks, replacements, resembles

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
BLOCKS = list(blocks(PAGE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with Reader(tmp_path_factory.mktemp("reader"), replacements()) as following:
        yield following


# In order, in one folder: a later block needs the earlier ones.
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line-{block.line}")
def test_a_reader_who_follows_the_tutorial_gets_what_it_shows(reader: Reader, block: Block) -> None:
    printed = reader.do(block)
    if block.output is not None:
        same = resembles if block.varies else agrees
        assert same(block.output, printed), f"docs/tutorial.md, line {block.line}, prints:\n{printed}"


# What a page leaves to its reader: what a pipeline is fitted on.
GIVEN = "artists, labels = ['Can', 'Neu!', 'Slowdive', 'Ride'], [0, 0, 1, 1]\n"


@pytest.mark.parametrize(("page", "folder"), [("docs/python.md", "demo"), ("README.md", ".")])
def test_the_python_of_a_page_runs_on_the_demo(reader: Reader, page: str, folder: str) -> None:
    found = [block for block in blocks((ROOT / page).read_text("utf-8")) if block.language == "python"]
    together = GIVEN + "\n".join(block.body for block in found)
    reader.go_to(folder)
    reader.do(Block("python", together, None, None, found[0].line))


def test_the_tutorial_runs_what_it_shows() -> None:
    languages = [block.language for block in BLOCKS]
    assert languages.count("sh") >= 10
    assert "python" in languages
    assert {block.title for block in BLOCKS if block.title} == {"artists.csv", "linernotes.toml"}


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("a b\n", "a  b\n"),
        ("near 0.81\n", "near 0.82\n"),
        ("…\nlast 3\n", "first\nlast 3\n"),
        ("first\n…\nlast\n", "first\nbetween\nlast\n"),
        ("first\n…\n", "first\nmore\n"),
    ],
)
def test_an_output_agrees_with_what_is_told(told: str, printed: str) -> None:
    assert agrees(told, printed)


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("a b\n", "a\n"),
        ("a\n", "a b\n"),
        ("0.5\n", "0.6\n"),
        ("x 1\n", "y 1\n"),
        ("…\nlast\n", "last\nmore\n"),
    ],
)
def test_an_output_that_differs_does_not_agree(told: str, printed: str) -> None:
    assert not agrees(told, printed)
