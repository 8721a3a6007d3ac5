"""Which years descriptors of eras mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.eras import same_years, years_of


@pytest.mark.parametrize(
    ("term", "years"),
    [
        ("1990s", (1990, 1999)),
        ("90s", (1990, 1999)),
        ("90's", (1990, 1999)),
        ("Nineties", (1990, 1999)),
        ("early 90s", (1990, 1993)),
        ("mid 1980s", (1983, 1986)),
        ("late-1960s", (1966, 1969)),
        ("00s", (2000, 2009)),
        ("2010s", (2010, 2019)),
        ("1994", (1994, 1994)),
        ("2001 album", (2001, 2001)),
        ("1960s and 1970s", (1960, 1979)),
        ("1990-1995", (1990, 1995)),
        ("19th century", (1801, 1900)),
        ("modern", None),
        ("", None),
        ("60000", None),
    ],
)
def test_a_term_of_an_era_means_its_years(term: str, years: tuple[int, int] | None) -> None:
    assert years_of(term) == years


@given(st.text(max_size=30))
def test_years_come_in_order_whatever_is_asked(term: str) -> None:
    years = years_of(term)
    assert years is None or years[0] <= years[1]


def test_a_decade_is_written_in_several_ways() -> None:
    assert same_years("90s") == same_years("Nineties") == {"1990s", "90s", "nineties"}
    assert same_years("1910s") == {"1910s"}
    assert same_years("early 90s") == same_years("1994") == same_years("shoegaze") == frozenset()
