"""The key that two spellings of a name share."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from store.names import name_key, registry_key, stands_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Beatles", "beatles"),
        ("Beatles, The", "The Beatles"),
        ("Sigur Rós", "Sigur Ros"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Wu\u2010Tang Clan", "Wu-Tang Clan"),
        ("Destiny\u2019s Child", "Destiny's Child"),
        ("AC/DC", "ACDC"),
        ("  Can  ", "can"),
        ("ﬁREHOSE", "Firehose"),
    ],
)
def test_two_spellings_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The The", "the"),
        ("Theatre of Tragedy", "theatreoftragedy"),
        ("Thee Oh Sees", "theeohsees"),
        ("Bathe", "bathe"),
        ("Мумий Тролль", "мумиитролль"),
        ("坂本龍一", "坂本龍一"),
        ("!!!", ""),
        ("\U0001f600", ""),
    ],
)
def test_the_key_of_a_name(name: str, key: str) -> None:
    assert name_key(name) == key


@given(st.text())
def test_a_key_has_no_ascii_but_small_letters_and_digits(name: str) -> None:
    plain = [character for character in name_key(name) if character.isascii()]
    assert all(character.islower() or character.isdigit() for character in plain)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "Zs"])))
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    key = name_key(name)
    assume(not key.startswith("the"))  # "The The" loses one of them each time
    assert name_key(key) == key


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)))
def test_case_and_surrounding_space_make_no_difference(name: str) -> None:
    assert name_key(f" {name.upper()}\t") == name_key(name)


def test_names_without_letters_are_told_apart_in_the_registry() -> None:
    assert registry_key("!!!") == "!!!"
    assert registry_key("???") == "???"
    assert registry_key("Low") == name_key("Low")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("The Paper Kites", "When paper kites play, we listen"),
        ("Velvet & Rust", "a night with Velvet and Rust."),
        ("Élan Vital", "ELAN VITAL's third record"),
        ("O.R.B.I.T.", "then orbit came on"),
        ("Lo", "so slow, then lo!"),
        ("Kites, The", "the Kites"),
    ],
)
def test_a_name_stands_in_a_text_however_it_is_spelt(name: str, text: str) -> None:
    assert stands_in(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [("Air", "a fairly good pair"), ("Paper Kites", "paper and kites"), ("!!!", "what!!!"), ("Air", "")],
)
def test_a_part_of_a_word_or_of_a_name_is_no_name(name: str, text: str) -> None:
    assert not stands_in(name, text)


@example("0\x850", "", "")
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_name_stands_between_any_two_texts(name: str, before: str, after: str) -> None:
    assume(name_key(name))
    # A name that begins with "the" loses it only at its beginning, so that is where it is looked for.
    assert stands_in(name, f"{before} . {name_key(name)} . {after}")
