"""The names of one place."""

from __future__ import annotations

import pytest

from nlp.places import is_named, names_of_place


@pytest.mark.parametrize("place", ["Iceland", "icelandic", "IS", " iceland "])
def test_a_nation_goes_by_name_adjective_and_code(place: str) -> None:
    assert names_of_place(place) == {"is", "iceland", "icelandic"}


def test_any_other_place_goes_by_its_own_name() -> None:
    assert names_of_place("Old Town-Square") == {"old town square"}


def test_a_band_of_a_place_is_from_there() -> None:
    names = names_of_place("sweden")
    assert is_named("swedish", names) and is_named("swedish band", names)
    assert not is_named("band", names) and not is_named("norwegian band", names)


def test_no_name_belongs_to_two_nations() -> None:
    nations = {names_of_place(name) for name in ("austria", "australia", "niger", "nigeria", "india", "us")}
    assert sum(len(names) for names in nations) == len(frozenset().union(*nations))
