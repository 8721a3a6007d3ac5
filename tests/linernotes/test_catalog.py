"""The look-ups, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import linernotes
from linernotes import ArtistNotFound, BadQuestion, Catalog, DatabaseOutdated, DatabaseUnusable, NoRelease
from store.engine import connect
from store.forgetting import forget_artist
from store.migrate import VERSION_TABLE, _script_folder, upgrade
from store.models import ArtistRow
from store.schema_version import HEAD, is_current
from tests.conftest import empty_postgres
from tests.small_release import add_artist, add_document, publish

FACETS = {"shoegaze": "genre", "dreamy": "mood", "hardcore": "genre"}
QUOTE = "Guitars melt into a dreamy haze."
OTHER_QUOTE = "A shoegaze record, dreamy and loud."
MBID = "11111111-2222-3333-4444-555555555555"
DESCRIPTORS: dict[str, dict[str, float]] = {
    "Slowdive": {"shoegaze": 0.9, "dreamy": 0.8, "guitars": 0.2, "lo fi": 0.1},
    "My Bloody Valentine": {"shoegaze": 0.8, "guitars": 0.5, "dreamy": 0.4},
    "Burial": {"dubstep": 0.9, "dreamy": 0.1},
    "Converge": {"hardcore": 0.9, "guitars": 0.3},
}
VECTORS = {
    "Slowdive": [1.0, 0.1, 0.0],
    "My Bloody Valentine": [0.9, 0.3, 0.0],
    "Burial": [0.2, 0.0, 1.0],
    "Converge": [0.1, 1.0, 0.0],
}


def fill(engine: Engine, *, stored: int = 50) -> dict[str, int]:
    """Publish the release that most tests ask; "Quiet Name" is registered, and nobody wrote about it."""
    with engine.begin() as connection:
        numbers = {
            "Slowdive": add_artist(connection, "Slowdive", mbid=MBID, aliases=["Slow Dive UK"]),
            "My Bloody Valentine": add_artist(connection, "My Bloody Valentine"),
            "Burial": add_artist(connection, "Burial"),
            "Converge": add_artist(connection, "Converge"),
            "Quiet Name": add_artist(connection, "Quiet Name"),
        }
        old = add_document(
            connection,
            "https://a.example/1",
            f"Intro. {QUOTE}",
            about=[numbers["Slowdive"]],
            title="Haze",
            published=date(1993, 5, 17),
        )
        new = add_document(
            connection,
            "https://b.example/2",
            OTHER_QUOTE,
            about=[numbers["Slowdive"]],
            published=date(2017, 5, 5),
        )
        undated = add_document(
            connection, "https://c.example/3", "So dreamy.", about=[numbers["My Bloody Valentine"]]
        )
        publish(
            connection,
            {numbers[name]: weights for name, weights in DESCRIPTORS.items()},
            {numbers[name]: vector for name, vector in VECTORS.items()},
            facets=FACETS,
            evidence=[
                (numbers["Slowdive"], "dreamy", old, QUOTE),
                (numbers["Slowdive"], "dreamy", new, OTHER_QUOTE),
                (numbers["My Bloody Valentine"], "dreamy", undated, "So dreamy."),
            ],
            activity=[(numbers["Slowdive"], date(2017, 5, 1), 4, 3, 0.5, 0.25)],
            stored=stored,
        )
    return numbers


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, int]]]:
    """The URL of a filled database that no test changes, once for each kind, and its artists."""
    if request.param == "sqlite":
        urls = iter([f"sqlite:///{tmp_path_factory.mktemp('db') / 'linernotes.db'}"])
    else:
        urls = empty_postgres(request.getfixturevalue("postgres_server"))
    for url in urls:
        engine = connect(url)
        upgrade(engine)
        yield url, fill(engine)
        engine.dispose()


@pytest.fixture(scope="module")
def catalog(filled: tuple[str, dict[str, int]]) -> Iterator[Catalog]:
    with linernotes.open(filled[0]) as opened:
        yield opened


@pytest.fixture(scope="module")
def numbers(filled: tuple[str, dict[str, int]]) -> dict[str, int]:
    return filled[1]


def test_similar_artists_come_nearest_first_with_what_they_share(catalog: Catalog) -> None:
    near = catalog.similar("Slowdive", limit=2)
    assert [(each.rank, each.artist) for each in near] == [(1, "My Bloody Valentine"), (2, "Converge")]
    assert near[0].similarity == pytest.approx(0.975, abs=0.001)
    # Products of weights: shoegaze .72, dreamy .32, guitars .10.
    assert near[0].shared == ("shoegaze", "dreamy", "guitars")


def test_an_artist_can_be_given_by_number_identifier_alias_or_another_spelling(
    catalog: Catalog, numbers: dict[str, int]
) -> None:
    expected = catalog.similar("Slowdive")
    number = numbers["Slowdive"]
    for wanted in (number, np.int64(number), f"#{number}", MBID, MBID.upper(), "slow dive uk", "SLOWDIVE"):
        assert catalog.similar(wanted) == expected


def test_an_unknown_artist_is_told_with_the_nearest_names(catalog: Catalog) -> None:
    with pytest.raises(
        ArtistNotFound, match=r'no artist "Slowdriv" in the registry; did you mean Slowdive'
    ) as caught:
        catalog.terms("Slowdriv")
    assert caught.value.name == "Slowdriv"
    assert "Slowdive" in caught.value.suggestions


@pytest.mark.parametrize("wanted", [987654, "#987654", "", "???"])
def test_an_unknown_number_or_an_empty_name_is_told(catalog: Catalog, wanted: str | int) -> None:
    with pytest.raises(ArtistNotFound, match="There is no artist"):
        catalog.similar(wanted)


def test_of_artists_of_one_name_the_one_with_the_most_text_is_meant(
    engine: Engine, database_url: str
) -> None:
    with engine.begin() as connection:
        first = add_artist(connection, "Nirvana", disambiguation="60s band")
        second = add_artist(connection, "Nirvana", disambiguation="grunge band")
        add_document(connection, "https://a.example/n", "One. Two. Three.", about=[second])
        add_document(connection, "https://a.example/o", "One.", about=[first])
        publish(
            connection, {first: {"baroque": 0.5}, second: {"grunge": 0.9}}, {first: [1, 0], second: [0, 1]}
        )
    with linernotes.open(database_url) as catalog:
        assert catalog.artist("nirvana").artist_id == second
        assert [each.term for each in catalog.terms("Nirvana")] == ["grunge"]
        assert [each.term for each in catalog.terms(first)] == ["baroque"]
        assert catalog.artist("Nirvana (60s band)").artist_id == first


def test_an_artist_nobody_wrote_about_has_empty_answers(catalog: Catalog) -> None:
    assert catalog.similar("Quiet Name") == []
    assert catalog.similar("Quiet Name", limit=500) == []
    assert catalog.similar(["Quiet Name"]) == []
    assert catalog.terms("Quiet Name") == []
    assert catalog.evidence("Quiet Name", "dreamy") == []
    assert catalog.activity("Quiet Name") == []
    assert catalog.explain("Quiet Name", "Slowdive").similarity is None


def test_several_seeds_are_similar_to_their_mean_and_left_out(catalog: Catalog) -> None:
    near = catalog.similar(["Slowdive", "Burial"], limit=10)
    assert [each.artist for each in near] == ["My Bloody Valentine", "Converge"]
    assert near[0].similarity > near[1].similarity > 0
    assert near[0].shared[0] == "shoegaze"


def test_seeds_without_text_do_not_count(catalog: Catalog) -> None:
    assert [each.artist for each in catalog.similar(["Slowdive", "Quiet Name"])] == [
        each.artist for each in catalog.similar("Slowdive")
    ]


def test_a_seed_named_twice_counts_once(catalog: Catalog) -> None:
    assert catalog.similar(["Slowdive", "slowdive"]) == catalog.similar("Slowdive")


def test_beyond_what_is_stored_the_vectors_go_on(engine: Engine, database_url: str) -> None:
    fill(engine, stored=1)
    with linernotes.open(database_url) as catalog:
        few, many = catalog.similar("Slowdive", limit=1), catalog.similar("Slowdive", limit=100)
    assert many[:1] == few
    assert [each.rank for each in many] == [1, 2, 3]
    assert [each.artist for each in many] == ["My Bloody Valentine", "Converge", "Burial"]


def test_terms_come_strongest_first_and_can_be_restricted(catalog: Catalog) -> None:
    assert [each.term for each in catalog.terms("Slowdive")] == ["shoegaze", "dreamy", "guitars", "lo fi"]
    assert [each.term for each in catalog.terms("Slowdive", limit=1)] == ["shoegaze"]
    mood = catalog.terms("Slowdive", facet="mood")
    assert [(each.term, each.weight, each.first_seen, each.last_seen) for each in mood] == [
        ("dreamy", pytest.approx(0.8), date(2001, 2, 3), None)
    ]
    assert [each.term for each in catalog.terms("Slowdive", kind="np")] == ["lo fi"]


def test_evidence_is_the_sentence_itself_newest_first(catalog: Catalog) -> None:
    found = catalog.evidence("Slowdive", "dreamy")
    assert [each.quote for each in found] == [OTHER_QUOTE, QUOTE]
    assert (found[1].url, found[1].title, found[1].source) == ("https://a.example/1", "Haze", "a.example")
    assert catalog.evidence("Slowdive", " Dreamy", limit=1) == found[:1]
    assert catalog.evidence("Slowdive", "unheard of") == []


def test_an_explanation_has_weights_contributions_and_quotes(catalog: Catalog) -> None:
    why = catalog.explain("Slowdive", "My Bloody Valentine")
    assert (why.a.artist, why.b.artist, why.rank) == ("Slowdive", "My Bloody Valentine", 1)
    assert why.similarity == pytest.approx(0.975, abs=0.001)
    assert [each.term for each in why.shared] == ["shoegaze", "dreamy", "guitars"]
    assert sum(each.contribution for each in why.shared) == pytest.approx(why.similarity)
    assert (why.exact, why.rest, why.related) == (False, 0, ())
    dreamy = why.shared[1]
    assert (dreamy.weight_a, dreamy.weight_b) == (pytest.approx(0.8), pytest.approx(0.4))
    assert dreamy.quote_a is not None and dreamy.quote_a.quote == OTHER_QUOTE
    assert dreamy.quote_b is not None and dreamy.quote_b.quote == "So dreamy."
    assert why.shared[0].quote_a is None


@pytest.fixture
def pair(engine: Engine, database_url: str) -> Iterator[tuple[Catalog, dict[str, int]]]:
    """Two artists with directions of terms and comparisons both ways, and one that is the opposite."""
    with engine.begin() as connection:
        numbers = {name: add_artist(connection, name) for name in ("One", "Two", "Opposite")}
        one, two, opposite = numbers.values()
        first = add_document(
            connection, "https://a.example/1", "One sounds like Two.", published=date(2001, 1, 1)
        )
        second = add_document(connection, "https://b.example/2", "Two, but slower than One.")
        publish(
            connection,
            {
                one: {"drone": 0.9, "slow": 0.4, "guessed": 0.2},
                two: {"drone": 0.5, "loud": 0.6, "guessed": 0.3},
                opposite: {"polka": 0.7},
            },
            {one: [1.0, 0.2, 0.1], two: [0.8, 0.6, 0.0], opposite: [-1.0, 0.1, 0.0]},
            directions={"drone": [0.9, 0.1, 0.0], "slow": [0.3, 0.3, 0.1], "loud": [-0.2, 0.7, 0.0]},
            inferred=[(two, "guessed")],
            comparisons=[
                (one, two, first, "One sounds like Two."),
                (two, one, second, "Two, but slower than One."),
            ],
            pinned={(two, one): 0.99},
        )
    with linernotes.open(database_url) as opened:
        yield opened, numbers


def test_the_parts_of_an_explanation_add_up_to_the_similarity(pair: tuple[Catalog, dict[str, int]]) -> None:
    catalog, _ = pair
    for a, b in (("One", "Two"), ("Two", "One"), ("One", "Opposite"), ("Opposite", "Two")):
        why = catalog.explain(a, b)
        assert why.exact
        assert why.total == pytest.approx(why.similarity, abs=1e-6)


def test_an_explanation_tells_shared_from_related_descriptors(pair: tuple[Catalog, dict[str, int]]) -> None:
    why = pair[0].explain("One", "Two")
    assert [(each.term, each.inferred) for each in why.shared] == [("drone", False), ("guessed", True)]
    # ½ (.9 u·two + .5 u·one), with unit vectors: u·two = .78, u·one = .8977.
    assert why.shared[0].contribution == pytest.approx(0.5754, abs=1e-3)
    assert {(each.artist, each.term) for each in why.related} == {("One", "slow"), ("Two", "loud")}
    assert why.related[0].contribution > why.related[1].contribution
    assert why.adjustment == 0


def test_opposites_are_0_similar_and_the_cut_is_told(pair: tuple[Catalog, dict[str, int]]) -> None:
    why = pair[0].explain("One", "Opposite")
    assert why.similarity == 0
    assert why.adjustment > 0.9
    assert why.shared == ()


def test_what_an_editor_set_is_told_as_such(pair: tuple[Catalog, dict[str, int]]) -> None:
    catalog, _ = pair
    why = catalog.explain("Two", "One")
    assert why.similarity == pytest.approx(0.99)
    assert why.adjustment == pytest.approx(0.99 - (catalog.explain("One", "Two").similarity or 0))


def test_writers_comparisons_are_told_in_both_directions(pair: tuple[Catalog, dict[str, int]]) -> None:
    catalog, _ = pair
    found = catalog.explain("One", "Two").comparisons
    assert [(each.artist, each.compared_artist, each.quote) for each in found] == [
        ("One", "Two", "One sounds like Two."),
        ("Two", "One", "Two, but slower than One."),
    ]
    assert (found[0].url, found[0].source, found[0].published) == (
        "https://a.example/1",
        "a.example",
        date(2001, 1, 1),
    )
    assert catalog.explain("Two", "One").comparisons == found
    assert catalog.explain("One", "Opposite").comparisons == ()


def test_an_inferred_descriptor_says_so(pair: tuple[Catalog, dict[str, int]]) -> None:
    assert [(each.term, each.inferred) for each in pair[0].terms("Two")] == [
        ("loud", False),
        ("drone", False),
        ("guessed", True),
    ]


def test_an_explanation_beyond_the_stored_neighbours_computes_the_similarity(
    engine: Engine, database_url: str
) -> None:
    fill(engine, stored=1)
    with linernotes.open(database_url) as catalog:
        why = catalog.explain("Slowdive", "Burial")
    assert why.rank is None
    assert why.similarity == pytest.approx(0.195, abs=0.001)


def test_vectors_are_unit_rows_in_the_order_of_numbers(catalog: Catalog, numbers: dict[str, int]) -> None:
    ids, matrix = catalog.vectors()
    assert ids.dtype == np.int64 and matrix.dtype == np.float32
    assert ids.tolist() == sorted(numbers[name] for name in VECTORS)
    assert np.linalg.norm(matrix, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    expected = np.array(VECTORS["Burial"]) / np.linalg.norm(VECTORS["Burial"])
    assert matrix[ids.tolist().index(numbers["Burial"])] == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 1


def test_artists_are_those_described_by_name_or_by_its_beginning(catalog: Catalog) -> None:
    assert [each.artist for each in catalog.artists()] == sorted(VECTORS)
    assert [each.artist for each in catalog.artists("the my b")] == ["My Bloody Valentine"]
    assert [each.artist for each in catalog.artists(limit=1)] == ["Burial"]


def test_activity_comes_week_by_week(catalog: Catalog) -> None:
    (week,) = catalog.activity("Slowdive")
    assert (week.week, week.documents, week.sources) == (date(2017, 5, 1), 4, 3)
    assert (week.familiarity, week.buzz) == (pytest.approx(0.5), pytest.approx(0.25))


def test_the_release_says_what_it_rests_on(catalog: Catalog) -> None:
    release = catalog.release()
    assert (release.documents, release.artists, release.published) == (7, 4, True)
    assert release.parameters == {"seed": 1}
    assert release.created.tzinfo is not None


def test_without_a_release_every_look_up_says_to_mine(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        add_artist(connection, "Slowdive")
    with linernotes.open(database_url) as catalog:
        for look_up in (
            catalog.release,
            catalog.vectors,
            catalog.artists,
            lambda: catalog.similar("Slowdive"),
        ):
            with pytest.raises(NoRelease, match="linernotes mine"):
                look_up()


def test_the_next_call_sees_a_release_published_meanwhile(engine: Engine, database_url: str) -> None:
    numbers = fill(engine)
    with linernotes.open(database_url) as catalog:
        assert len(catalog.vectors()[0]) == 4
        assert catalog.search("shoegaze")
        with engine.begin() as connection:
            pair = {numbers["Slowdive"]: [1.0, 0.0], numbers["Burial"]: [1.0, 1.0]}
            publish(connection, {number: {"nocturnal": 0.5} for number in pair}, pair)
        assert catalog.vectors()[1].shape == (2, 2)
        assert [each.artist for each in catalog.similar(["Slowdive"], limit=100)] == ["Burial"]
        assert [each.term for each in catalog.terms("Slowdive")] == ["nocturnal"]
        with pytest.raises(linernotes.NothingKnown):
            catalog.search("shoegaze")


def test_a_forgotten_artist_is_gone_from_an_open_catalog(engine: Engine, database_url: str) -> None:
    numbers = fill(engine)
    with linernotes.open(database_url) as catalog:
        assert "Converge" in [each.artist for each in catalog.similar(["Slowdive", "Burial"])]
        with engine.begin() as connection:
            forget_artist(connection, numbers["Converge"])
        assert [each.artist for each in catalog.similar(["Slowdive", "Burial"])] == ["My Bloody Valentine"]
        assert numbers["Converge"] not in catalog.vectors()[0]
        assert [each.rank for each in catalog.similar("Slowdive")] == [1, 2]


def test_one_catalog_serves_many_threads(catalog: Catalog) -> None:
    def ask(turn: int) -> list[str]:
        seeds = "Slowdive" if turn % 2 else ["Slowdive", "Slowdive"]
        return [each.artist for each in catalog.similar(seeds, limit=100)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(catalog: Catalog, limit: int) -> None:
    with pytest.raises(BadQuestion, match="at least 1"):
        catalog.similar("Slowdive", limit=limit)


def test_an_unknown_facet_or_kind_is_told_with_the_known_ones(catalog: Catalog) -> None:
    with pytest.raises(BadQuestion, match=r'"colour" is not a facet; it is one of genre, mood'):
        catalog.terms("Slowdive", facet="colour")
    with pytest.raises(BadQuestion, match=r'"n4" is not a kind; it is one of n1'):
        catalog.terms("Slowdive", kind="n4")


def test_no_seed_at_all_is_refused(catalog: Catalog) -> None:
    with pytest.raises(BadQuestion, match="at least one artist"):
        catalog.similar([])


def test_a_catalog_cannot_write(catalog: Catalog) -> None:
    with pytest.raises(DatabaseUnusable, match="read"), catalog._connected() as connection:
        connection.execute(ArtistRow.__table__.delete())


def test_the_database_of_the_environment_is_opened_by_default(
    filled: tuple[str, dict[str, int]], numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_DATABASE", filled[0])
    with linernotes.open() as catalog:
        assert catalog.artist("Burial").artist_id == numbers["Burial"]


def test_opening_what_is_not_there_or_not_ready_says_what_to_do(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    with pytest.raises(DatabaseUnusable, match="linernotes init"):
        linernotes.open(f"sqlite:///{tmp_path / 'none.db'}")
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at " * 30)
    with pytest.raises(DatabaseUnusable, match=r"text\.db"):
        linernotes.open(f"sqlite:///{tmp_path / 'text.db'}")
    with sqlite_engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseOutdated, match="newer linernotes"):
        linernotes.open(str(sqlite_engine.url))


def test_the_quick_check_knows_the_newest_migration(sqlite_engine: Engine) -> None:
    assert ScriptDirectory(str(_script_folder())).get_current_head() == HEAD
    assert is_current(sqlite_engine)


def test_looking_up_imports_nothing_slow(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    program = f"""
import sys, linernotes
assert not set(sys.modules) & {{"sqlalchemy", "numpy"}}, "import linernotes is to be quick"
with linernotes.open({str(sqlite_engine.url)!r}) as catalog:
    assert catalog.similar("Slowdive") and catalog.similar(["Slowdive", "Burial"])
    assert catalog.search("dreamy glistening") and catalog.explain("Slowdive", "Burial")
slow = "spacy gensim sklearn scipy trafilatura httpx pyarrow wordfreq alembic lxml".split()
print([name for name in slow if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_exported_name_is_there() -> None:
    assert all(getattr(linernotes, name) is not None for name in linernotes.__all__)
    assert set(linernotes.__all__) <= set(dir(linernotes))
    with pytest.raises(AttributeError, match="nothing_like_it"):
        linernotes.nothing_like_it  # noqa: B018
