"""Whom a text is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.gazetteer import Gazetteer
from nlp.records import RegisteredName
from nlp.subjects import LinkedText, link
from nlp.tokens import tokenize

NAMES = [
    *(
        "Slowdive",
        "My Bloody Valentine",
        "Low",
        "Boards of Canada",
        "Autechre",
        "Stereolab",
        "Nirvana",
        "Nirvana",
    ),
    *("Vashti Bunyan", "Galaxie 500"),
]
ID = {name: number for number, name in reversed(list(enumerate(NAMES)))}
GAZETTEER = Gazetteer(RegisteredName(number, name) for number, name in enumerate(NAMES))
NEUTRAL = "The guitars hum, and somewhere behind them a drum machine keeps time. "


def linked(title: str | None, text: str, *labelled: str) -> LinkedText:
    return link(
        GAZETTEER,
        title=title,
        text=text,
        sentences=tokenize(text).sentences,
        labelled=[ID[name] for name in labelled],
    )


def subjects(title: str | None, text: str, *labelled: str) -> list[str]:
    return [NAMES[artist] for artist in linked(title, text, *labelled).subjects]


def passages(title: str | None, text: str, *labelled: str) -> list[tuple[str, str, int, int]]:
    """Name, words at its place, and sentences of each passage."""
    return [
        (NAMES[m.artist_id], text[m.start : m.end], m.first_sentence, m.last_sentence)
        for m in linked(title, text, *labelled).mentions
        if m.role == "passage"
    ]


def test_a_rare_word_that_opens_the_title_is_a_name_where_it_never_stands_small() -> None:
    title, text = "Swans slowed down", "It begins at half speed. Swans had proved that they were loud. "
    gazetteer = Gazetteer([RegisteredName(0, "Swans"), RegisteredName(1, "Women")])

    def found(title: str, text: str) -> tuple[int, ...]:
        return link(gazetteer, title=title, text=text, sentences=tokenize(text).sentences).subjects

    assert found(title, text) == (0,)
    assert found(title, text + "We fed the swans.") == ()
    assert found("Women in jazz", "It begins at half speed. Women had proved that they were loud. ") == ()


def test_a_label_is_believed_against_title_and_text() -> None:
    text = "Autechre made this. We love Autechre."
    assert subjects("Autechre – Amber", text, "Slowdive") == ["Slowdive"]
    assert {name for name, *_ in passages("Autechre – Amber", text, "Slowdive")} == {"Autechre"}


@pytest.mark.parametrize(
    "title",
    [
        "Slowdive – Souvlaki",
        "Souvlaki – Slowdive",
        "Souvlaki by Slowdive",
        "Slowdive: Souvlaki",
        "Slowdive - Souvlaki (reissue) | The Quiet Room",
        "Review: Slowdive // Souvlaki",
        "“Souvlaki” Slowdive",
        "Slowdive live at the Forum",
        "slowdive – souvlaki",
    ],
)
def test_the_artist_named_in_the_title_is_the_subject(title: str) -> None:
    text = NEUTRAL + "It is not far from My Bloody Valentine. " + NEUTRAL
    assert subjects(title, text) == ["Slowdive"]


def test_a_common_word_that_is_a_whole_part_of_the_title_is_its_artist() -> None:
    assert subjects("Low – Things We Lost in the Fire", NEUTRAL) == ["Low"]


def test_a_text_that_begins_with_a_name_is_about_its_bearer() -> None:
    text = "Stereolab were a band from London. " + NEUTRAL + "They toured with Autechre. Autechre liked it."
    assert subjects(None, text) == ["Stereolab"]


def test_a_text_that_keeps_naming_one_artist_from_its_opening_on_is_about_it() -> None:
    text = "What a year for Autechre. " + "Later Autechre played on. " * 4 + "Slowdive did not."
    assert subjects(None, text) == ["Autechre"]


def test_the_last_name_alone_speaks_for_a_person_in_the_title() -> None:
    text = "Bunyan sang. " * 6 + NEUTRAL
    assert subjects("An evening with Slowdive and Vashti Bunyan", text) == ["Vashti Bunyan"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (None, NEUTRAL),
        (
            "Our year in records",
            NEUTRAL * 2 + "There were records by Slowdive. There were others by Autechre.",
        ),
        ("Notes", ""),
        (None, "Here is a low hum. Low again."),
    ],
)
def test_a_text_has_no_subject_when_nothing_is_clear(title: str | None, text: str) -> None:
    assert subjects(title, text) == []


def test_a_split_record_has_two_subjects() -> None:
    text = "Slowdive open and Autechre close. " + NEUTRAL
    assert sorted(subjects("Slowdive / Autechre – Split", text)) == ["Autechre", "Slowdive"]


def test_a_second_artist_that_the_title_does_not_name_is_no_subject() -> None:
    text = "Slowdive and Autechre. " + "Autechre again. " * 3
    assert subjects("Slowdive – Souvlaki", text) == ["Slowdive"]


def test_of_two_artists_of_one_name_the_first_is_the_only_subject() -> None:
    assert linked("Nirvana – Nevermind", NEUTRAL).subjects == (ID["Nirvana"],)


def test_other_artists_have_the_sentences_that_name_them_as_passages() -> None:
    text = "Slowdive hum. They toured with My Bloody Valentine. It was loud. We missed Boards of Canada."
    assert subjects("Slowdive – Souvlaki", text) == ["Slowdive"]
    assert passages("Slowdive – Souvlaki", text) == [
        ("My Bloody Valentine", "My Bloody Valentine", 1, 1),
        ("Boards of Canada", "Boards of Canada", 3, 3),
    ]


def compared(title: str | None, text: str) -> list[tuple[str, list[str | None]]]:
    """Name and words of the clause of each comparison."""
    words = tokenize(text).words
    return [
        (NAMES[m.artist_id], list(words[m.first_token : m.last_token]))
        for m in linked(title, text).mentions
        if m.role == "compared"
    ]


def test_an_artist_that_the_subject_is_likened_to_is_compared_by_its_clause() -> None:
    text = (
        NEUTRAL + "On a bad day, it sounds like Boards of Canada (or so), and the drums are warm. " + NEUTRAL
    )
    assert compared("Slowdive – Souvlaki", text) == [
        ("Boards of Canada", ["sounds", "like", "boards", "of", "canada"])
    ]
    assert passages("Slowdive – Souvlaki", text) == []


def test_comparisons_do_not_win_the_vote_for_the_subject() -> None:
    text = (
        "Slowdive are a band from Reading. It sounds like Autechre. It recalls Autechre. It evokes Autechre. "
    )
    assert subjects(None, text + NEUTRAL) == ["Slowdive"]


def test_a_surname_after_the_full_name_means_that_person() -> None:
    names = ["Nick Drake", "Drake", "Nick Cave", "Nick Lowe"]
    gazetteer = Gazetteer(RegisteredName(number, name) for number, name in enumerate(names))
    text = "We heard Nick Drake on the ferry. In the evening Drake sang alone."
    found = link(gazetteer, title=None, text=text, sentences=tokenize(text).sentences)
    assert {names[hit.artist_ids[0]] for hit in found.hits} == {"Nick Drake"}
    assert [text[hit.start : hit.end] for hit in found.hits] == ["Nick Drake", "Drake"]


def test_a_name_that_a_nickname_or_markup_interrupts_is_found_where_somebody_is_introduced() -> None:
    gazetteer = Gazetteer([RegisteredName(0, "Lani Hollow")])
    text = "'''Leilani \"Lani\" Hollow''' (born 1945) is a singer. " + NEUTRAL
    assert link(gazetteer, title=None, text=text, sentences=tokenize(text).sentences).subjects == (0,)


SPOKEN = (
    "hi everyone it is time for a review of the new {name} record {title} this is the latest record from a "
    "band that has been at it for years and the drums are loud and the songs are long and i have much to say "
    "about it so here we go with the first track and the second one as well "
)


@pytest.mark.parametrize("name", ["slowdive", "boards of canada", "Boards Of Canada"])
def test_in_speech_whom_the_review_is_of_is_the_subject(name: str) -> None:
    text = SPOKEN.format(name=name, title="souvlaki") + f"what {name} do here is new " + "so it goes on " * 20
    assert [artist.lower() for artist in subjects("Souvlaki", text)] == [name.lower()]


def test_the_title_of_the_work_names_nobody_where_the_text_repeats_it() -> None:
    gazetteer = Gazetteer([RegisteredName(0, "Slowdive"), RegisteredName(1, "Hounds")])
    text = "Slowdive made *Hounds of Dusk* in a barn. *Hounds of Dusk* hums, and Slowdive hum with it."
    found = link(gazetteer, title="Hounds of Dusk", text=text, sentences=tokenize(text).sentences)
    assert found.subjects == (0,)
    assert {hit.artist_ids for hit in found.hits} == {(0,)}


def test_the_subject_spans_all_sentences_and_stands_nowhere() -> None:
    (mention,) = linked("Slowdive – Souvlaki", NEUTRAL * 3).mentions
    assert (mention.start, mention.first_sentence, mention.last_sentence) == (-1, 0, 2)


pieces = st.lists(
    st.sampled_from([*NAMES, NEUTRAL, " sounds like ", "-esque", ". ", " and ", "\n", "We saw ", "low", "…"]),
    max_size=15,
)


@given(pieces.map("".join), pieces.map("".join), st.sets(st.sampled_from(range(len(NAMES))), max_size=2))
def test_mentions_are_consistent_in_any_text(title: str, text: str, labelled: set[int]) -> None:
    sentences = tokenize(text).sentences
    found = link(GAZETTEER, title=title, text=text, sentences=sentences, labelled=labelled)
    assert len({(m.artist_id, m.start) for m in found.mentions}) == len(found.mentions)
    assert len(found.subjects) <= 2
    assert not labelled or set(found.subjects) == labelled
    for mention in found.mentions:
        assert 0 < mention.confidence <= 1
        if mention.role == "compared":
            assert mention.first_token is not None
            assert mention.last_token is not None
            assert 0 <= mention.first_token < mention.last_token <= len(tokenize(text).words)
        if mention.role != "subject":
            assert mention.artist_id not in found.subjects
            _, start, end = sentences[mention.first_sentence].tolist()
            assert start <= mention.start < mention.end <= end
