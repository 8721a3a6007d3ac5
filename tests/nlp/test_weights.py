"""How strongly a term describes an artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.inference import Neighbours, look_nearby
from nlp.support import (
    ENOUGH_WORDS,
    LOUD_DOCUMENTS,
    NO_DAY,
    DocumentFacts,
    exposure,
    find_support,
    usual_share,
)
from nlp.terms import find_terms, word_classes
from nlp.weights import QUIET_PLACES, WeightSettings, weigh
from tests.nlp.small_corpora import About, read

ALL = replace(WeightSettings(), least=0.0, per_artist=1000)
NOBODY = Neighbours(np.zeros(0, np.int64), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.float32))
WORDS = [f"term{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] + [f"word{n}" for n in range(30)]


@dataclass(frozen=True, slots=True)
class Text:
    """A text about an artist in a source: the terms it uses, each as often as it stands here.

    Each use has a sentence of its own, which no other text has unless both are `copy` of one; `filler` words
    follow.
    """

    artist: int
    terms: Sequence[int]
    source: int
    day: int = 0
    copy: str | None = None
    filler: int = 0


@dataclass(frozen=True, slots=True)
class Weight:
    weight: float
    frequency: int
    documents: int
    sources: int
    first_day: int
    last_day: int


# Enough other artists, from many sources, for "usual" to mean something.
BACKGROUND = [Text(artist, [3], 50 + artist) for artist in range(1, 31)]


def weighed(
    texts: Sequence[Text], *, doubtful: Sequence[int] = (), options: WeightSettings = ALL
) -> dict[tuple[int, int], Weight]:
    """The weights by (artist, number of the term), strongest first within an artist."""
    corpus, spans = read([About(text.artist, _written(row, text)) for row, text in enumerate(texts)])
    classes = word_classes(corpus, {word: {"noun": 3} for word in WORDS})
    counts = find_terms(corpus, spans, classes, fewest_artists=1)
    source = np.array([text.source for text in texts], dtype=np.int64)
    facts = DocumentFacts(source, np.array([text.day for text in texts], dtype=np.int64))
    support = find_support(corpus, counts, spans, facts)
    exposed = exposure(spans, facts, max((text.artist for text in texts), default=0) + 1)
    usual = usual_share(support, exposed, terms=len(counts.terms))
    nearby = look_nearby(support, exposed, usual, ("other",) * len(counts.terms), NOBODY)
    number = [WORDS.index(term) for term in counts.terms]
    worth = np.where(np.isin(number, doubtful), -1.0, 0.0)
    found = weigh(support, nearby, options, exposure=exposed, usual=usual, worth=worth)
    assert not found.inferred.any()
    columns = (found.weight, found.frequency, found.documents, found.sources, found.first_day, found.last_day)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    keys = zip(found.artist.tolist(), (number[term] for term in found.term.tolist()), strict=True)
    return {key: Weight(*row) for key, row in zip(keys, rows, strict=True)}


def _written(row: int, text: Text) -> str:
    mark = text.copy or str(row)
    uses = [f"It is {WORDS[term]}, said x{mark} for y{n}. " for n, term in enumerate(text.terms)]
    return "".join(uses) + "So it was. " + "and " * text.filler


def weight(*texts: Text) -> float:
    """The weight of term 0 for artist 0 among the background."""
    return weighed([*texts, *BACKGROUND])[0, 0].weight


some_texts = st.lists(
    st.builds(
        Text,
        st.integers(0, 6),
        st.lists(st.integers(0, 3), max_size=6),
        st.integers(0, 4),
        st.just(NO_DAY) | st.integers(-1000, 20000),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(some_texts, st.sets(st.integers(0, 3)))
def test_weights_lie_between_0_and_1(texts: list[Text], doubtful: set[int]) -> None:
    assert all(0 < each.weight < 1 for each in weighed(texts, doubtful=sorted(doubtful)).values())


@settings(max_examples=40, deadline=None)
@given(some_texts)
def test_counts_are_those_of_the_texts(texts: list[Text]) -> None:
    for (artist, term), found in weighed(texts).items():
        using = [text for text in texts if text.artist == artist and term in text.terms]
        assert found.frequency == sum(list(text.terms).count(term) for text in using)
        assert found.documents == len(using)
        assert found.sources == len({text.source for text in using})
        assert found.last_day == max(text.day for text in using)
        known = [text.day for text in using if text.day != NO_DAY]
        assert not known or found.first_day == min(known)


@settings(max_examples=40, deadline=None)
@given(some_texts)
def test_every_term_of_an_artist_is_weighed(texts: list[Text]) -> None:
    assert set(weighed(texts)) == {(text.artist, term) for text in texts for term in text.terms}


@given(some_texts, st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_texts_does_not_matter(texts: list[Text], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = weighed(texts), weighed(shuffled)
    assert before.keys() == after.keys()
    for key, found in before.items():
        assert found.weight == pytest.approx(after[key].weight, abs=1e-12)


@given(st.integers(1, 12), st.integers(0, 12))
@settings(max_examples=30, deadline=None)
def test_each_independent_source_that_uses_a_term_adds_weight(using: int, silent: int) -> None:
    def written(count: int) -> list[Text]:
        texts = [Text(0, [0] if source < count else [], source) for source in range(using + silent + 1)]
        return texts if silent else texts[:count]

    assert weight(*written(using)) < weight(*written(using + 1))


@given(st.integers(1, 6), st.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_each_text_that_does_not_use_a_term_takes_weight(using: int, silent: int) -> None:
    def written(others: int) -> list[Text]:
        return [Text(0, [0] if source < using else [], source) for source in range(using + others)]

    assert weight(*written(silent)) > weight(*written(silent + 1))


def test_repetition_saturates_where_there_is_one_source_and_the_descriptor_says_so() -> None:
    ten, hundred, thousand = ([Text(0, [0], 0)] * count for count in (10, 100, 1000))
    assert weight(*hundred) == pytest.approx(weight(*ten), rel=0.1)
    assert weight(*thousand) == pytest.approx(weight(*hundred), rel=0.01)
    assert weighed(hundred)[0, 0].sources == 1


def test_a_hundred_copies_of_a_page_are_one_wherever_they_stand() -> None:
    copies = [Text(0, [0], source, copy="same") for source in range(100)]
    found = weighed([*copies, *BACKGROUND])[0, 0]
    assert (found.sources, found.documents) == (1, 100)
    assert found.weight < weight(Text(0, [0], 0), Text(0, [0], 1))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(LOUD_DOCUMENTS + 1, 60),
    st.lists(st.lists(st.integers(1, 25), max_size=8), min_size=1, max_size=5),
)
def test_no_host_puts_a_term_into_the_top_alone_where_others_write_too(
    pages: int, others: list[list[int]]
) -> None:
    shouting = [Text(0, [0, 27, 28], 0)] * pages
    quiet = [Text(0, terms, n, filler=ENOUGH_WORDS) for n, terms in enumerate(others, start=1)]
    found = weighed([*shouting, *quiet, *BACKGROUND])
    top = [term for artist, term in found if artist == 0][:QUIET_PLACES]
    assert not {0, 27, 28} & set(top)


def test_what_a_host_says_alone_follows_twenty_others() -> None:
    shouting = [Text(0, [0], 0)] * 30
    quiet = [Text(0, range(1, 26), source, filler=ENOUGH_WORDS) for source in (1, 2)]
    found = [term for artist, term in weighed([*shouting, *quiet, *BACKGROUND]) if artist == 0]
    assert found.index(0) >= QUIET_PLACES


def test_what_others_say_too_a_host_may_repeat() -> None:
    shouting = [Text(0, [0], 0)] * 30
    found = weighed([*shouting, Text(0, [0, 1], 1, filler=ENOUGH_WORDS), *BACKGROUND])
    assert next(iter(found)) == (0, 0)


def test_a_term_of_one_source_counts_less_where_another_is_silent_about_it() -> None:
    said, silent = Text(0, [0], 0), Text(0, [1], 1, filler=ENOUGH_WORDS)
    assert weight(said, silent) < weight(said, replace(silent, filler=0)) < weight(said)


def test_repeating_a_term_in_one_text_adds_less_than_another_source() -> None:
    assert weight(Text(0, [0] * 9, 0)) < weight(Text(0, [0], 0), Text(0, [0, 0], 1))


def test_what_is_said_of_an_artist_less_than_of_others_does_not_describe_it() -> None:
    texts = [Text(0, [0, 3] if source == 0 else [0], source) for source in range(5)]
    found = weighed([*BACKGROUND, *texts])
    assert found[0, 3].weight < found[1, 3].weight


def test_a_term_of_less_worth_weighs_less() -> None:
    texts = [Text(0, [0], 0), *BACKGROUND]
    assert weighed(texts, doubtful=[0])[0, 0].weight < weighed(texts)[0, 0].weight


def test_a_weight_means_the_same_for_every_artist() -> None:
    texts = [Text(artist, [0], source) for artist in (0, 40) for source in (0, 1)]
    found = weighed([*texts, *BACKGROUND])
    assert found[0, 0].weight == found[40, 0].weight


def test_the_strongest_descriptors_are_kept_in_order_of_weight() -> None:
    texts = [Text(0, [0, 1, 2], 0), Text(0, [0, 1], 1), Text(0, [0], 2), *BACKGROUND]
    everything = weighed(texts)
    kept = weighed(texts, options=replace(ALL, per_artist=2))
    assert [key for key in everything if key[0] == 0] == [(0, 0), (0, 1), (0, 2)]
    assert [key for key in kept if key[0] == 0] == [(0, 0), (0, 1)]
    assert len(kept) == len(everything) - 1


def test_weak_descriptors_are_left_out() -> None:
    texts = [Text(0, [0], 0), *BACKGROUND]
    least = weighed(texts)[0, 0].weight
    assert (0, 0) in weighed(texts, options=replace(ALL, least=least))
    assert (0, 0) not in weighed(texts, options=replace(ALL, least=least + 0.01))


def test_texts_without_terms_have_no_descriptors() -> None:
    assert weighed([Text(0, [], 0)]) == {}
