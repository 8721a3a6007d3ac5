"""The registry: who is the same artist, and finding artists by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from store.artist_merge import Entry, Roster
from store.artists import RegistryChange, add_artists, all_names, find_artists, nearest_names
from store.records import Artist

ONE = "00000000-0000-4000-8000-000000000001"
TWO = "00000000-0000-4000-8000-000000000002"


def add(engine: Engine, *artists: Artist) -> RegistryChange:
    with engine.begin() as connection:
        return add_artists(connection, artists)


def find(engine: Engine, wanted: str | int) -> list[Artist]:
    with engine.begin() as connection:
        return find_artists(connection, wanted)


def names(engine: Engine) -> list[tuple[str, bool]]:
    with engine.begin() as connection:
        return [(name, is_alias) for _, name, is_alias in all_names(connection)]


def test_every_fact_of_an_artist_is_kept(engine: Engine) -> None:
    artist = Artist("Slowdive", ONE, ("Slow Dive",), "Reading band", "GB", "1989-10", "2050")
    assert add(engine, artist) == RegistryChange(added=1)
    (found,) = find(engine, "Slowdive")
    assert replace(found, id=None) == artist


def test_adding_the_same_artists_again_changes_nothing(engine: Engine) -> None:
    artists = (Artist("Low", ONE, ("LOW",)), Artist("Can"), Artist("Can", disambiguation="other band"))
    assert add(engine, *artists).added == 3
    before = find(engine, "Can"), names(engine)
    assert add(engine, *artists) == RegistryChange(unchanged=3)
    assert (find(engine, "Can"), names(engine)) == before


def test_two_artists_of_one_name_with_different_mbids_are_both_kept(sqlite_engine: Engine) -> None:
    add(
        sqlite_engine,
        Artist("Nirvana", ONE, disambiguation="US"),
        Artist("Nirvana", TWO, disambiguation="UK"),
    )
    assert [artist.mbid for artist in find(sqlite_engine, "Nirvana")] == [ONE, TWO]


def test_an_artist_without_mbid_is_completed_by_the_first_of_that_name_with_one(engine: Engine) -> None:
    add(engine, Artist("Nirvana"))
    change = add(engine, Artist("Nirvana", ONE, disambiguation="US"), Artist("Nirvana", TWO))
    assert change == RegistryChange(added=1, updated=1)
    assert [artist.mbid for artist in find(engine, "Nirvana")] == [ONE, TWO]


def test_a_bare_name_means_the_first_artist_of_that_name(sqlite_engine: Engine) -> None:
    add(
        sqlite_engine,
        Artist("Nirvana", ONE, disambiguation="US"),
        Artist("Nirvana", TWO, disambiguation="UK"),
    )
    assert add(sqlite_engine, Artist("nirvana")) == RegistryChange(updated=1)
    assert [artist.aliases for artist in find(sqlite_engine, "Nirvana")] == [("nirvana",), ()]


def test_another_spelling_of_a_name_becomes_an_alias(sqlite_engine: Engine) -> None:
    add(sqlite_engine, Artist("Sigur Rós"), Artist("Sigur Ros"))
    assert names(sqlite_engine) == [("Sigur Rós", False), ("Sigur Ros", True)]


def test_with_an_mbid_new_facts_replace_old_ones_and_the_old_name_stays_as_an_alias(engine: Engine) -> None:
    add(engine, Artist("Kanye West", ONE, country="US"))
    add(engine, Artist("Ye", ONE, begin="1977-06-08"))
    (found,) = find(engine, ONE.upper())
    assert (found.name, found.aliases, found.country, found.begin) == (
        "Ye",
        ("Kanye West",),
        "US",
        "1977-06-08",
    )


def test_without_an_mbid_facts_fill_gaps_only(sqlite_engine: Engine) -> None:
    add(sqlite_engine, Artist("Can", country="DE"))
    add(sqlite_engine, Artist("Can", country="FR", begin="1968"))
    (found,) = find(sqlite_engine, "Can")
    assert (found.country, found.begin) == ("DE", "1968")


def test_names_without_letters_are_different_artists(sqlite_engine: Engine) -> None:
    add(sqlite_engine, Artist("!!!"), Artist("???"))
    assert [artist.name for artist in find(sqlite_engine, "!!!")] == ["!!!"]


def test_all_names_gives_names_and_then_aliases(engine: Engine) -> None:
    add(engine, Artist("A", aliases=("B", "C")), Artist("D"))
    with engine.begin() as connection:
        listed = list(all_names(connection))
    (first, *_), (last, *_) = listed[0], listed[1]
    assert listed == [(first, "A", False), (last, "D", False), (first, "B", True), (first, "C", True)]


def test_a_name_written_exactly_so_comes_before_one_spelled_alike_and_an_alias(sqlite_engine: Engine) -> None:
    add(
        sqlite_engine,
        Artist("Prince", disambiguation="singer"),
        Artist("PRINCE", ONE, disambiguation="band"),
        Artist("Another", aliases=("Prince",)),
    )
    assert [artist.disambiguation for artist in find(sqlite_engine, "PRINCE")] == ["band"]
    assert [artist.disambiguation for artist in find(sqlite_engine, "the prince")] == ["singer", "band"]


def test_artists_are_found_by_alias_number_and_disambiguation(engine: Engine) -> None:
    add(
        engine,
        Artist("Aphex Twin", aliases=("AFX",)),
        Artist("311"),
        Artist("Nirvana", disambiguation="UK band"),
    )
    (afx,) = find(engine, "afx")
    assert afx.id is not None
    assert find(engine, afx.id) == find(engine, f"#{afx.id}") == [afx]
    assert [artist.name for artist in find(engine, "311")] == ["311"]
    assert [artist.name for artist in find(engine, "Nirvana (uk band)")] == ["Nirvana"]


@pytest.mark.parametrize("wanted", ["", "   ", "Nobody", "#99999", ONE, 12345, "'; DROP TABLE artists; --"])
def test_who_is_not_in_the_registry_is_not_found(sqlite_engine: Engine, wanted: str | int) -> None:
    add(sqlite_engine, Artist("Slowdive"))
    assert find(sqlite_engine, wanted) == []


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("Slowdve", "Slowdive"),
        ("lsowdive", "Slowdive"),
        ("Sigur Rso", "Sigur Rós"),
        ("Boards of Canda", "Boards of Canada"),
        ("Boards", "Boards of Canada"),
        ("Afxx", "Aphex Twin"),
        ("100%", "100% Silk"),
    ],
)
def test_a_misspelt_name_suggests_the_one_meant(sqlite_engine: Engine, misspelt: str, meant: str) -> None:
    known = ("Slowdive", "Sigur Rós", "Boards of Canada", "Can", "Low", "100% Silk")
    add(sqlite_engine, *(Artist(name) for name in known), Artist("Aphex Twin", aliases=("AFX",)))
    with sqlite_engine.begin() as connection:
        assert nearest_names(connection, misspelt)[:1] == [meant]


@pytest.mark.parametrize("text", ["qqqqqqqq", "", "%"])
def test_nothing_alike_suggests_nothing(sqlite_engine: Engine, text: str) -> None:
    add(sqlite_engine, Artist("Slowdive"), Artist("!!!"))
    with sqlite_engine.begin() as connection:
        assert nearest_names(connection, text) == []


def test_at_most_so_many_names_are_suggested_and_each_once(engine: Engine) -> None:
    add(engine, *(Artist(f"Slowdive {n}", aliases=(f"Slowdiver {n}",)) for n in range(9)))
    with engine.begin() as connection:
        suggested = nearest_names(connection, "Slowdive", limit=4)
    assert len(set(suggested)) == len(suggested) == 4


def test_more_artists_than_fit_one_statement_are_added(sqlite_engine: Engine) -> None:
    artists = [Artist(f"Artist {number}", aliases=(f"Other {number}",)) for number in range(6000)]
    assert add(sqlite_engine, *artists).added == 6000
    assert len(names(sqlite_engine)) == 12_000
    assert find(sqlite_engine, "Other 5999")[0].name == "Artist 5999"


ARTISTS = st.builds(
    Artist,
    name=st.sampled_from(["Low", "low", "Löw", "Can", "!!!"]),
    mbid=st.sampled_from([None, None, ONE, TWO]),
    aliases=st.lists(st.sampled_from(["Low", "Low band", "C.A.N."]), max_size=2, unique=True).map(tuple),
    disambiguation=st.sampled_from([None, "band"]),
    country=st.sampled_from([None, "DE"]),
)


@given(st.lists(ARTISTS, max_size=8))
def test_nothing_is_lost_whatever_is_added(artists: list[Artist]) -> None:
    entries = _merged(artists)
    known = {name for entry in entries for name in (entry.name, *entry.aliases)}
    assert {name for artist in artists for name in (artist.name, *artist.aliases)} <= known
    mbids = [entry.mbid for entry in entries if entry.mbid]
    assert sorted(mbids) == sorted({artist.mbid for artist in artists if artist.mbid})


@given(st.lists(ARTISTS.filter(lambda artist: artist.mbid is None), max_size=8))
def test_artists_without_mbid_change_nothing_the_second_time(artists: list[Artist]) -> None:
    once = _merged(artists)
    roster = Roster(once)
    assert [roster.take(artist) for artist in artists] == ["unchanged"] * len(artists)


def _merged(artists: list[Artist]) -> list[Artist]:
    roster = Roster(())
    for artist in artists:
        roster.take(artist)
    entries: list[Entry] = roster.entries
    return [entry.after for entry in entries]
