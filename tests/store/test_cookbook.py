"""The cookbook: every query of the page returns what it promises, on both databases."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from store.engine import connect
from tests.conftest import empty_postgres
from tests.store.cookbook_release import publish_cookbook

PAGE = Path(__file__).parents[2] / "docs" / "sql-cookbook.md"


def _recipes() -> list[tuple[str, str, str]]:
    """Question, language and query of every block."""
    parts = re.split(r"^### (.+)$", PAGE.read_text(), flags=re.MULTILINE)
    return [
        (question, *block)
        for question, body in zip(parts[1::2], parts[2::2], strict=True)
        for block in re.findall(r"^```(sql|sqlite|postgresql)\n(.*?)^```", body, re.MULTILINE | re.DOTALL)
    ]


RECIPES = _recipes()
# What each question is answered with on the release of cookbook_release.py, whose numbers are few enough to
# count by hand; fractions to three places.
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "Which moods go with a genre?": [
        ("dreamy", 4, 1.25),
        ("loud", 2, 1.07),
        ("hazy", 3, 0.67),
        ("dark", 2, 0.22),
    ],
    "Which moods are a genre's own?": [
        ("hazy", 3, 0.67),
        ("dreamy", 4, 0.658),
    ],
    "Which artists are both one and the other?": [
        ("Slowdive", 0.6, 0.8),
        ("Mossglass", 0.5, 0.4),
    ],
    "Which artists are one but not the other?": [
        ("Slowdive", 0.8),
        ("Mossglass", 0.4),
    ],
    "Which terms go together?": [
        ("hazy", 4, 1.4),
        ("shoegaze", 4, 1.4),
        ("90s", 3, 1.4),
        ("guitar", 3, 1.4),
    ],
    "Which instruments does a place play?": [
        ("sampler", 1, 0.36),
        ("guitar", 1, 0.28),
    ],
    "From which decades does a genre come?": [
        ("90s", 3, 0.905),
        ("2000s", 1, 0.095),
    ],
    "Who is most typical of a term?": [
        ("My Bloody Valentine", 0.9, 0.475),
        ("Slowdive", 0.8, 0.5),
        ("Ride", 0.7, 0.525),
        ("Mossglass", 0.4, 0.6),
    ],
    "Why are two artists alike?": [
        ("shoegaze", "genre", 0.8, 0.7),
        ("guitar", "instrument", 0.5, 0.6),
        ("90s", "era", 0.5, 0.4),
        ("dreamy", "mood", 0.6, 0.3),
    ],
    "What tells two artists apart?": [
        ("loud", -0.5),
        ("hazy", 0.4),
        ("dreamy", 0.3),
        ("shoegaze", 0.1),
        ("90s", 0.1),
        ("guitar", -0.1),
    ],
    "What do writers say who compare them?": [
        ("Slowdive", "Ride", "Ride are not.", "magazine.example", "2025-11-03"),
    ],
    "Which little-known artists are near a known one?": [
        ("Mossglass", 0.988, 0.25, 2),
        ("Palehollow", 0.656, 0.05, 1),
    ],
    "Who is near two artists at once?": [
        ("Palehollow", 0.656, 0.788),
        ("My Bloody Valentine", 0.839, 0.588),
        ("Ride", 0.94, 0.391),
    ],
    "Who is near an artist and called so?": [
        ("Mossglass", 1, 0.988, 0.3),
    ],
    "Who is described alike but never compared?": [
        ("Slowdive", "Mossglass", 0.988),
        ("Ride", "Mossglass", 0.982),
        ("Ride", "My Bloody Valentine", 0.974),
        ("Burial", "Driftrelay", 0.956),
        ("My Bloody Valentine", "Mossglass", 0.914),
        ("Slowdive", "My Bloody Valentine", 0.839),
        ("Driftrelay", "My Bloody Valentine", 0.799),
        ("Driftrelay", "Ride", 0.643),
        ("Burial", "My Bloody Valentine", 0.588),
        ("Burial", "Ride", 0.391),
    ],
    "Who is compared but not described alike?": [
        ("Burial", "Slowdive", 1),
    ],
    "Who is each other's nearest?": [
        ("Slowdive", "Mossglass", 0.988),
        ("Ride", "Mossglass", 0.982),
        ("Ride", "My Bloody Valentine", 0.974),
        ("My Bloody Valentine", "Palehollow", 0.961),
        ("Burial", "Driftrelay", 0.956),
        ("Slowdive", "Ride", 0.94),
        ("Driftrelay", "Palehollow", 0.934),
        ("My Bloody Valentine", "Mossglass", 0.914),
        ("Ride", "Palehollow", 0.875),
        ("Slowdive", "My Bloody Valentine", 0.839),
        ("Burial", "Palehollow", 0.788),
    ],
    "To whom is everybody compared?": [
        ("Ride", 1, 1),
        ("Slowdive", 1, 1),
    ],
    "What are the regions of the map, and who is best known in each?": [
        ("shoegaze", 3, "Slowdive"),
        ("dubstep", 1, "Burial"),
    ],
    "Who stands beside an artist on the map?": [
        ("Mossglass", 0.01),
        ("Ride", 0.25),
        ("Burial", 1.0),
    ],
    "What is new this month?": [
        ("Mossglass", "dark", "mood", "2025-11-04", 1),
    ],
    "Which terms rise?": [
        ("dark", 4, 0),
        ("shoegaze", 8, 4),
    ],
    "Who of a genre is written about more than usual?": [
        ("Mossglass", 0.6, 0.25, 6),
        ("Slowdive", 0.2, 0.8, 20),
        ("My Bloody Valentine", 0.1, 0.9, 30),
    ],
    "How much was written, month by month?": [
        ("2025-08", 4, 0.8),
        ("2025-09", 10, 0.8),
        ("2025-10", 8, 0.8),
        ("2025-11", 2, 0.8),
    ],
    "What is no longer said of an artist?": [
        ("90s", "era", "2020-03-02", 2),
    ],
    "Who says that, where and when?": [
        ("Slowdive are dreamy as ever.", "magazine.example", "https://magazine.example/1", "2025-11-03"),
        ("Slowdive made a dreamy record.", "magazine.example", "https://magazine.example/2", "2024-05-06"),
    ],
    "Who writes about whom?": [
        ("magazine.example", "Slowdive", 2),
        ("blog.example", "Mossglass", 1),
    ],
    "Which words are a source's own?": [
        ("dreamy", 2, 2),
    ],
    "What does only one source say?": [
        ("My Bloody Valentine", "shoegaze", 0.9, 3),
        ("Burial", "dubstep", 0.8, 3),
        ("My Bloody Valentine", "loud", 0.8, 3),
        ("Burial", "dark", 0.7, 3),
        ("My Bloody Valentine", "guitar", 0.7, 3),
        ("Burial", "london", 0.6, 3),
        ("Burial", "sampler", 0.6, 3),
        ("Ride", "guitar", 0.6, 3),
        ("Burial", "2000s", 0.5, 3),
        ("Ride", "loud", 0.5, 3),
        ("Slowdive", "guitar", 0.5, 3),
        ("My Bloody Valentine", "dreamy", 0.4, 3),
        ("My Bloody Valentine", "london", 0.4, 3),
        ("Ride", "90s", 0.4, 3),
        ("Slowdive", "hazy", 0.4, 3),
        ("My Bloody Valentine", "hazy", 0.3, 3),
        ("Ride", "dreamy", 0.3, 3),
        ("My Bloody Valentine", "90s", 0.2, 3),
        ("My Bloody Valentine", "2000s", 0.1, 3),
    ],
    "What is said, and what is inferred?": [
        ("mood", 15, 14),
        ("genre", 7, 6),
        ("era", 5, 5),
        ("instrument", 4, 4),
        ("place", 2, 2),
    ],
    "Which names should the registry have?": [
        ("Nightferry", 0.9, 2, 2, "Nightferry opened for them."),
    ],
    "Which overrides do nothing any more?": [
        (1, "block_term", "landfill", None, "not music"),
    ],
    "How was the release made?": [
        (1, "local", 7, 7, 11, 2),
    ],
    "Who is near the mean of two artists?": [
        ("Palehollow", 0.722),
        ("My Bloody Valentine", 0.713),
        ("Ride", 0.665),
        ("Driftrelay", 0.649),
        ("Mossglass", 0.598),
    ],
}


# PostgreSQL looks beyond the stored neighbours, of which the release has four.
BEYOND_THE_STORED = {
    "Who is near an artist and called so?": [
        ("Mossglass", 1, 0.988, 0.3),
        ("Driftrelay", 5, 0.342, 0.5),
        ("Burial", 6, 0.052, 0.7),
    ],
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The release of the cookbook, once for each kind of database; for reading."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("cookbook") / "linernotes.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        urls: Iterator[str] = iter([f"sqlite:///{file}"])
    else:
        server, template = (request.getfixturevalue(f"postgres_{part}") for part in ("server", "template"))
        urls = empty_postgres(server, template)
    for url in urls:
        engine = connect(url)
        with engine.begin() as connection:
            publish_cookbook(connection)
        yield engine
        engine.dispose()


@pytest.mark.parametrize(("question", "language", "query"), RECIPES, ids=[f"{r[0]} {r[1]}" for r in RECIPES])
def test_the_query_answers_its_question(published: Engine, question: str, language: str, query: str) -> None:
    if language not in {"sql", published.dialect.name}:
        pytest.skip(f"for {language}")
    with published.connect() as connection:
        rows = [tuple(map(_plain, row)) for row in connection.execute(text(query))]
    expected = BEYOND_THE_STORED.get(question) if language == "postgresql" else None
    assert rows == (expected or EXPECTED[question])


def _plain(value: object) -> object:
    """A value as both databases show it."""
    if isinstance(value, float | Decimal):
        return round(float(value), 3)
    return value.isoformat() if isinstance(value, date) else value


def test_every_question_has_an_answer_to_be_compared_with() -> None:
    assert {question for question, *_ in RECIPES} == set(EXPECTED)
    assert len(EXPECTED) >= 20


def test_every_database_can_answer_what_is_not_marked() -> None:
    """A question has one query for both databases, one for each, or says which one it is for."""
    page = PAGE.read_text()
    for question in EXPECTED:
        languages = {language for asked, language, _ in RECIPES if asked == question}
        said = page.split(f"### {question}")[1].split("```")[0]
        assert languages in ({"sql"}, {"sqlite", "postgresql"}) or "PostgreSQL only" in said, question


def test_every_view_is_asked() -> None:
    from store.views import VIEWS

    page = PAGE.read_text()
    assert [view.name for view in VIEWS if not re.search(rf"\b{view.name}\b", page)] == []


def test_the_shell_lines_write_csv(published: Engine, tmp_path: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = dict(zip(("sqlite", "postgresql"), block.splitlines(), strict=True))
    line = lines[published.dialect.name]
    program = line.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    if published.dialect.name == "sqlite":
        (tmp_path / "linernotes.db").symlink_to(str(published.url.database))
    url = published.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(line, shell=True, check=True, cwd=tmp_path, env={"DATABASE": url, "PATH": "/usr/bin:/bin"})
    header, first, *rest = (tmp_path / "artists.csv").read_text().splitlines()
    assert header.startswith("artist_id,mbid,artist,words")
    assert first.split(",")[2] == "Slowdive"
    assert len(rest) == 6
