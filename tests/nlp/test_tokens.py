"""Words, sentences and letter case."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.tokens import (
    LONGEST_SENTENCE_WORDS,
    LONGEST_WORD,
    Case,
    TokenizedText,
    fold_word,
    raw_words,
    sentence_spans,
    tokenize,
)

# Text in which sentences, names, abbreviations and every kind of break are frequent, and any other text.
PIECES = [
    "Low",
    "the",
    "R&B",
    "don’t",
    "Slowdive’s",
    "Mr.",
    "U.K.",
    "lo-fi",
    "1991",
    "É",
    "ß",
    "İ",
    "x" * 120,
]
MARKS = [
    " ",
    " ",
    " ",
    ". ",
    "? ",
    "… ",
    ", ",
    "\n",
    "\n\n",
    " – ",
    "“",
    "”",
    "(",
    ")",
    "*",
    "\t",
    "\u2028",
    ".",
]
prose = st.lists(st.sampled_from(PIECES + MARKS), max_size=60).map("".join)
texts = st.text(max_size=200) | prose
any_unicode = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def words(text: str) -> list[str | None]:
    return list(tokenize(text).words)


def cases(text: str) -> dict[str, Case]:
    found = tokenize(text)
    return {word: case for word, case in zip(found.words, found.cases, strict=True) if word}


def tokens_of_sentence(found: TokenizedText, number: int) -> list[str | None]:
    first = int(found.sentences[number, 0])
    after = int(found.sentences[number + 1, 0]) if number + 1 < len(found.sentences) else len(found.words)
    return list(found.words[first:after])


@given(any_unicode)
def test_no_text_is_too_strange(text: str) -> None:
    tokenize(text)


@given(texts)
def test_sentences_lie_in_order_inside_the_text_without_blank_ends(text: str) -> None:
    before = 0
    for start, end in sentence_spans(text):
        assert before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        before = end


@given(texts)
def test_only_blanks_are_outside_of_sentences(text: str) -> None:
    inside = {place for start, end in sentence_spans(text) for place in range(start, end)}
    assert not "".join(c for place, c in enumerate(text) if place not in inside).strip()


@given(texts)
@example("Low. – Low")
def test_every_word_stands_in_its_sentence(text: str) -> None:
    found = tokenize(text)
    for number, (_, start, end) in enumerate(found.sentences.tolist()):
        sentence = text[start:end].lower().replace("’", "'")
        place = 0
        for word in filter(None, tokens_of_sentence(found, number)):
            place = sentence.index(word, place)


@given(texts)
@example("x" * (LONGEST_WORD + 1) + " is long, is it not?")
def test_a_sentence_read_alone_has_the_same_tokens(text: str) -> None:
    found = tokenize(text)
    for number, (_, start, end) in enumerate(found.sentences.tolist()):
        written, folded = raw_words(text[start:end])
        assert len(written) == len(folded)
        tokens = tokens_of_sentence(found, number)
        assert tokens[: len(folded)] == folded
        assert set(tokens[len(folded) :]) <= {None}  # the break behind every sentence


@given(texts)
def test_words_and_cases_are_parallel_and_every_sentence_has_a_word(text: str) -> None:
    found = tokenize(text)
    assert len(found.words) == len(found.cases)
    assert found.sentences.shape[1] == 3
    assert all(any(tokens_of_sentence(found, number)) for number in range(len(found.sentences)))


@given(texts)
def test_no_phrase_is_read_across_sentences(text: str) -> None:
    found = tokenize(text)
    assert all(found.words[first - 1] is None for first in found.sentences[1:, 0].tolist())


@given(st.lists(st.sampled_from(["low", "and", "slow"]), min_size=61, max_size=200))
@settings(max_examples=25)
def test_a_text_without_punctuation_is_cut_into_passages(chosen: list[str]) -> None:
    pieces = sentences(" ".join(chosen))
    assert [word for piece in pieces for word in piece.split()] == chosen
    assert max(len(piece.split()) for piece in pieces) <= LONGEST_SENTENCE_WORDS + 1


def test_an_empty_text_has_neither_words_nor_sentences() -> None:
    found = tokenize("  \n ")
    assert found.words == ()
    assert found.sentences.shape == (0, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It hums. Then it roars.", ["It hums.", "Then it roars."]),
        ("It hums! “Then it roars.”", ["It hums!", "“Then it roars.”"]),
        ("Is it loud? 1991 was loud.", ["Is it loud?", "1991 was loud."]),
        ("A heading\nA paragraph", ["A heading", "A paragraph"]),
        ("It hums. then it roars.", ["It hums. then it roars."]),
    ],
)
def test_a_sentence_ends_before_a_capital_a_digit_or_a_new_line(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Dr. John played piano.", "St. Vincent sang.", "They toured the U.K. Then home.", "J. Mascis played."],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_a_new_line_behind_an_abbreviation_ends_the_sentence() -> None:
    assert sentences("Records by Acme Inc.\nThe end") == ["Records by Acme Inc.", "The end"]


def test_punctuation_interrupts_a_phrase_and_a_hyphen_does_not() -> None:
    assert words("lo-fi, slow") == ["lo", "fi", None, "slow", None]


def test_several_marks_are_one_break() -> None:
    assert words("loud (“fast”) slow") == ["loud", None, "fast", None, "slow", None]


def test_inner_apostrophes_and_ampersands_belong_to_the_word() -> None:
    assert words("R&B don’t") == ["r&b", "don't", None]


def test_an_overlong_word_is_a_break() -> None:
    assert words(f"loud {'q' * (LONGEST_WORD + 1)} slow") == ["loud", None, "slow", None]


@pytest.mark.parametrize(
    ("word", "folded"), [("Slowdive’s", "slowdive"), ("LOW'S", "low"), ("Don’t", "don't")]
)
def test_folding_drops_case_and_the_possessive_ending(word: str, folded: str) -> None:
    assert fold_word(word) == folded


def test_letter_case_is_kept_and_a_capital_at_the_start_of_a_sentence_is_marked() -> None:
    assert cases("Reverb covers LUSH and Slowdive.") == {
        "reverb": Case.INITIAL,
        "covers": Case.LOWER,
        "lush": Case.UPPER,
        "and": Case.LOWER,
        "slowdive": Case.CAPITAL,
    }


def test_a_single_capital_letter_is_no_shouting() -> None:
    assert cases("here I am")["i"] is Case.CAPITAL
