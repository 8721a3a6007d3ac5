"""What the demo shows when it is done, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from sqlalchemy import text

from linernotes.catalog import Catalog, open_catalog
from linernotes.cli.output import table_of
from linernotes.demo import Demo
from store.frontier import count_states
from store.lookup_records import FACETS

# Artists of three genres that a reader may know, and five for their neighbours.
DESCRIBED = ("Slowdive", "King Tubby", "Alice Coltrane")
COMPARED = ("My Bloody Valentine", "Can", "Aphex Twin", "Wu-Tang Clan", "Nick Drake")
TERMS_SHOWN = 6
NEIGHBOURS_SHOWN = 4
SHARED_SHOWN = 4
# Words that several of the sample's artists are described with; the first that has evidence is shown.
ASKED = ("melancholy", "dub", "drone", "guitar", "voice")
QUERY = """\
SELECT d.artist, d.weight, min(e.quote) AS quote
FROM artist_descriptors d
JOIN descriptor_evidence e ON e.artist_id = d.artist_id AND e.term = d.term
WHERE d.term = '{term}'
GROUP BY d.artist, d.weight
ORDER BY d.weight DESC LIMIT 4"""


def print_demo(demo: Demo, console: Console) -> None:
    """Print what was read, what came of it, and where to go from here."""
    with open_catalog(demo.database) as catalog:
        console.print(_heading("What was read"))
        for line in _crawled(demo):
            console.print(Padding(Text(line), (0, 2)))
        console.print(_heading("How three artists are described"), _descriptors(catalog))
        console.print(_heading("Who is similar, and in what"), _neighbours(catalog))
    query = _query(demo)
    console.print(_heading("In SQL"), Padding(Syntax(query, "sql", background_color="default"), (0, 2)))
    console.print(_query_result(demo, query))
    console.print(_next_steps(demo))


def _heading(title: str) -> Text:
    return Text(f"\n{title}", style="bold cyan")


def _crawled(demo: Demo) -> Iterator[str]:
    crawl, extraction = demo.report.crawl.crawl, demo.report.crawl.extraction
    mined = demo.report.mine
    if demo.again:
        yield (
            f"This directory held a demo already: its {crawl.visits} pages were asked for again, "
            f"{crawl.count('not modified')} had not changed (304 Not Modified) and were not downloaded."
        )
    else:
        fetched = crawl.count("fetched") + crawl.count("unchanged")
        yield (
            f"{fetched} pages of a blog and its feed, a magazine with a sitemap, and a message board "
            f"({crawl.pages_per_second:.0f} pages/s)"
        )
    if extraction is not None and extraction.pages:
        added = extraction.deposit.added
        yield f"{added} documents; {extraction.without_text} pages hold no text of their own"
    yield from _refused_and_copies(demo)
    if mined is not None:
        yield (
            f"{mined.read} of {mined.documents} documents mined now, {mined.unchanged} before; "
            f"release {mined.release_id} describes {mined.artists} artists with {mined.terms} terms"
        )


def _refused_and_copies(demo: Demo) -> Iterator[str]:
    with demo.engine.connect() as connection:
        states = [state for state in count_states(connection) if state.state in {"refused", "failed", "gone"}]
        copies = connection.execute(
            text(
                "SELECT c.url, o.url FROM documents c JOIN documents o ON o.id = c.duplicate_of"
                " ORDER BY c.url"
            )
        ).all()
    for state in states:
        yield f"{state.pages} page{'s' if state.pages > 1 else ''} {state.state}: {state.reason}"
    for copy, original in copies:
        yield f"1 copy, not counted again: {copy} of {original}"


def _descriptors(catalog: Catalog) -> Table:
    table = Table(box=None, pad_edge=True, header_style="bold")
    table.add_column("")
    names = _known(catalog, DESCRIBED)
    for name in names:
        table.add_column(name, overflow="fold")
    for facet in FACETS[:-1]:
        cells = [catalog.terms(name, facet=facet, limit=TERMS_SHOWN) for name in names]
        if any(cells):
            table.add_row(facet, *(Text(", ".join(term.term for term in cell)) for cell in cells), style=None)
    table.columns[0].style = "dim"
    return table


def _neighbours(catalog: Catalog) -> Table:
    table = Table(box=None, pad_edge=True, header_style="bold")
    table.add_column("artist", style="bold")
    for column in ("similar", "", "shared terms"):
        table.add_column(column)
    for name in _known(catalog, COMPARED):
        for near in catalog.similar(name, limit=NEIGHBOURS_SHOWN):
            shared = Text(", ".join(near.shared[:SHARED_SHOWN]), style="dim")
            table.add_row(
                Text(name if near.rank == 1 else ""), Text(near.artist), f"{near.similarity:.2f}", shared
            )
    return table


def _known(catalog: Catalog, names: tuple[str, ...]) -> list[str]:
    """Those of the names that the release describes, filled up with others when one is missing."""
    described = [entry.artist for entry in catalog.artists()]
    return [*(name for name in names if name in described), *described][: len(names)]


def _query(demo: Demo) -> str:
    """The query about the first word that at least three artists have evidence for."""
    with demo.engine.connect() as connection:
        for term in ASKED:
            query = QUERY.format(term=term)
            if len(connection.execute(text(query)).all()) >= 3:
                return query
    return QUERY.format(term=ASKED[0])


def _query_result(demo: Demo, query: str) -> RenderableType:
    with demo.engine.connect() as connection:
        result = connection.execute(text(query))
        rows = [{name: _short(value) for name, value in row.items()} for row in result.mappings()]
        return Padding(table_of(list(result.keys()), rows), (1, 2, 0, 2))


def _short(value: object) -> object:
    return textwrap.shorten(value, 110, placeholder=" …") if isinstance(value, str) else value


def _next_steps(demo: Demo) -> RenderableType:
    again = "" if demo.folder == Path("demo") else f" {demo.folder}"
    lines = (
        ("again", f"linernotes demo{again}"),
        ("go there", f"cd {demo.folder}"),
        ("look up", 'linernotes similar "Joni Mitchell" --explain'),
        ("", "linernotes terms Kraftwerk --facet genre"),
        ("", 'linernotes search "electronic melancholy -guitar"'),
        ("", "linernotes status"),
        ("Python", 'linernotes.open("sqlite:///linernotes.db").similar("Burial")'),
    )
    table = Table.grid(padding=(0, 2))
    for label, line in lines:
        table.add_row(Text(label, style="dim"), Text(line))
    return Panel(
        Group(Text(f"The database is {demo.database}\n", style="bold"), table),
        title="What to try next",
        title_align="left",
    )
