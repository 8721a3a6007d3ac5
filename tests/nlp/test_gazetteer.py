"""Finding names in text."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlp.gazetteer import DOUBTFUL, LIKELY, SURE, Gazetteer, is_caseless
from nlp.records import RegisteredName
from nlp.spelling import is_common

NAMES = [
    *("Slowdive", "Sigur Rós", "Belle and Sebastian", "Simon & Garfunkel", "The Jesus Lizard", "Boston"),
    *("Low", "Can", "Wire", "Air", "My Bloody Valentine", "Dead Can Dance", "De La Soul", "Of Montreal"),
    *("A Tribe Called Quest", "In Flames", "Autechre", "Motörhead", "Broadcast", "New Order", "Sonic Youth"),
    *("Queens of the Stone Age", "Death in Vegas", "El Perro del Mar", "Godspeed You! Black Emperor"),
    *("The The", "Guns N' Roses", "Nick Drake", "Drake", "And Also the Trees", "Youth"),
]
# "New Order" may also mean a new order: its words are among the most usual.
TELLING = [name for name in NAMES if " " in name and name not in ("New Order", "The The")]
GAZETTEER = Gazetteer(RegisteredName(number, name) for number, name in enumerate(NAMES))


def found(text: str) -> list[str]:
    """The names found in the text, as they are registered."""
    return [NAMES[hit.artist_ids[0]] for hit in GAZETTEER.find(text)]


def quoted(text: str) -> list[str]:
    """What the text has at the places of the names."""
    return [text[hit.start : hit.end] for hit in GAZETTEER.find(text)]


@given(st.sampled_from(TELLING), st.sampled_from(["we heard ", "", "– ", "(", "“", "last night,\n"]))
def test_every_telling_name_of_several_words_is_found_at_its_place(name: str, before: str) -> None:
    text = f"{before}{name} last night"
    assert [(NAMES[hit.artist_ids[0]], hit.start, hit.end) for hit in GAZETTEER.find(text)] == [
        (name, len(before), len(before) + len(name))
    ]


letters = st.text(st.characters(categories=("Lu", "Ll")), min_size=5, max_size=9).map(str.capitalize)


@given(st.lists(letters, min_size=2, max_size=4).map(" ".join))
def test_any_telling_name_of_several_words_is_found(name: str) -> None:
    assume(not is_common(name))
    (hit,) = Gazetteer([RegisteredName(7, name)]).find(f"we heard {name} last night")
    assert (hit.start, hit.end, hit.artist_ids, hit.confidence) == (9, 9 + len(name), (7,), SURE)


@given(
    st.text(st.characters(codec=None, exclude_categories=())) | st.lists(st.sampled_from(NAMES)).map(" ".join)
)
def test_names_lie_in_order_without_overlap_in_any_text(text: str) -> None:
    before = 0
    for hit in GAZETTEER.find(text):
        assert before <= hit.start < hit.end <= len(text)
        assert hit.artist_ids
        before = hit.end


@given(st.permutations(NAMES))
def test_the_order_of_the_registry_does_not_matter(names: list[str]) -> None:
    text = "Nick Drake before Sonic Youth, The Jesus Lizard and Belle & Sebastian."
    shuffled = Gazetteer(RegisteredName(NAMES.index(name), name) for name in names)
    assert shuffled.find(text) == GAZETTEER.find(text)


def test_the_longest_name_wins() -> None:
    assert found("the records of Nick Drake and Sonic Youth") == ["Nick Drake", "Sonic Youth"]


@pytest.mark.parametrize("text", ["all the Slowdiver fans", "a preSlowdive band", "in Slowdive2 they"])
def test_a_name_within_a_longer_word_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("we heard Sigur Ros play", "Sigur Rós"),
        ("we heard Motorhead play", "Motörhead"),
        ("we heard Simon and Garfunkel play", "Simon & Garfunkel"),
        ("we heard Belle & Sebastian play", "Belle and Sebastian"),
        ("we heard Belle And Sebastian play", "Belle and Sebastian"),
        ("we heard Queens Of The Stone Age play", "Queens of the Stone Age"),
        ("we heard Guns N’ Roses play", "Guns N' Roses"),
        ("we heard the Jesus Lizard play", "The Jesus Lizard"),
        ("we heard The Jesus Lizard play", "The Jesus Lizard"),
        ("we heard Slowdive’s new song", "Slowdive"),
        ("we heard Slowdive's new song", "Slowdive"),
        ("we heard SLOWDIVE play", "Slowdive"),
        ("we heard MY BLOODY VALENTINE play", "My Bloody Valentine"),
        ("we heard “Slowdive” play", "Slowdive"),
        ("we heard a Slowdive-like song", "Slowdive"),
    ],
)
def test_a_name_is_found_in_another_spelling(text: str, name: str) -> None:
    assert found(text) == [name]


def test_what_follows_a_name_is_not_part_of_it() -> None:
    assert quoted("we heard Slowdive’s song and the Jesus Lizard.") == ["Slowdive", "the Jesus Lizard"]


@pytest.mark.parametrize(
    "text",
    [
        "the house was in flames",
        "a tribe called quest is what they are",
        "we can wire the lamp, air the room, lie low",
        "of montreal they said little",
    ],
)
def test_a_name_in_lower_case_is_words_where_the_text_has_capitals(text: str) -> None:
    assert found(f"{text}, said Paul.") == []


@pytest.mark.parametrize("name", ["Low", "Can", "Wire", "Air"])
def test_a_name_that_is_a_common_word_is_found_by_its_capital_within_a_sentence_only(name: str) -> None:
    assert found(f"we heard {name} play") == [name]
    assert found(f"we {name.lower()} play") == []
    assert found(f"{name} is a word.") == []
    assert found(f"It ended. {name} is a word.") == []
    assert found(f"It ended.\n{name} is a word.") == []
    assert found(f"It ended: “{name} is a word.”") == []


def test_a_common_word_in_capitals_is_no_name() -> None:
    assert found("we heard a LOW hum") == []


def test_a_name_of_most_usual_words_is_treated_like_a_common_word() -> None:
    assert found("we heard New Order play") == ["New Order"]
    assert found("New Order of service.") == []


@pytest.mark.parametrize(
    "text",
    [
        "we read the Boston Globe",
        "we met Wire Tapper",
        "a trip to South Boston",
        "it is Boston-Manor",
        "by Captain Low",
    ],
)
def test_a_part_of_a_longer_name_is_refused(text: str) -> None:
    assert found(text) == []


def test_a_function_word_before_a_name_does_not_make_it_longer() -> None:
    assert found("When Boston play, people dance.") == ["Boston"]


def test_a_name_that_tells_little_is_trusted_less() -> None:
    hits = {
        NAMES[hit.artist_ids[0]]: hit.confidence for hit in GAZETTEER.find("by Low, Autechre and Sigur Rós")
    }
    assert hits == {"Low": DOUBTFUL, "Autechre": LIKELY, "Sigur Rós": SURE}


SPEECH = "so last night we went to see a show and it was very loud and " * 5


@pytest.mark.parametrize("name", ["slowdive", "my bloody valentine", "sigur rós", "a tribe called quest"])
def test_in_text_without_capitals_names_are_found_in_lower_case(name: str) -> None:
    text = f"{SPEECH}{name} were there {SPEECH}"
    assert quoted(text) == [name]


def test_in_text_without_capitals_common_words_are_no_names() -> None:
    assert found(f"{SPEECH}we can wire the lamp and air the room and lie low") == []


def test_a_short_text_is_not_called_caseless() -> None:
    assert not is_caseless("nice song")
    assert is_caseless(SPEECH)
    assert not is_caseless(SPEECH + "And Then It Ended. " * 10)


def test_artists_of_one_name_are_all_meant() -> None:
    gazetteer = Gazetteer([RegisteredName(4, "Nirvana"), RegisteredName(2, "Nirvana")])
    assert [hit.artist_ids for hit in gazetteer.find("we heard Nirvana play")] == [(2, 4)]


def test_an_alias_is_found_as_its_artist() -> None:
    gazetteer = Gazetteer([RegisteredName(1, "Slowdive"), RegisteredName(1, "Slow Dive Band")])
    assert [hit.artist_ids for hit in gazetteer.find("we heard Slow Dive Band play")] == [(1,)]


@pytest.mark.parametrize("text", ["Low", "low", "LOW"])
def test_a_whole_text_is_a_name_in_any_case(text: str) -> None:
    assert GAZETTEER.named(text) == (NAMES.index("Low"),)
    assert GAZETTEER.named(f"{text} again") == ()


def test_a_registry_without_names_finds_nothing() -> None:
    assert Gazetteer([]).find("Slowdive and Low") == []
    assert Gazetteer([]).find(SPEECH) == []
    assert Gazetteer([RegisteredName(1, "Low")]).find(SPEECH) == []
