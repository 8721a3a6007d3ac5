"""How strongly a term describes an artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.corpus import Spans
from nlp.terms import TermCounts
from nlp.weights import NO_DAY, DocumentFacts, WeightSettings, weigh

TERMS = 4
ALL = replace(WeightSettings(), least=0.0, per_artist=1000)


@dataclass(frozen=True, slots=True)
class Text:
    """A text about an artist in a source: the terms it uses, each as often as it stands here."""

    artist: int
    terms: Sequence[int]
    source: int
    day: int = 0


@dataclass(frozen=True, slots=True)
class Weight:
    weight: float
    frequency: int
    documents: int
    sources: int
    first_day: int
    last_day: int


DOUBTFUL_WORTH = 0.4
# Enough other artists, from many sources, for "usual" to mean something.
BACKGROUND = [Text(artist, [3], 50 + artist) for artist in range(1, 31)]


def weighed(
    texts: Sequence[Text], *, doubtful: Sequence[int] = (), options: WeightSettings = ALL
) -> dict[tuple[int, int], Weight]:
    """The weights by (artist, term)."""
    uses = [(row, term) for row, text in enumerate(texts) for term in text.terms]
    rows = np.array(uses, dtype=np.int64).reshape(-1, 2)
    artist = np.array([text.artist for text in texts], dtype=np.int64)
    document = np.arange(len(texts))
    spans = Spans(
        artist,
        document,
        document,
        document + 1,
        np.ones(len(texts), dtype=np.bool_),
        np.zeros(len(texts), dtype=np.bool_),
    )
    counts = TermCounts(("a", "b", "c", "d"), ("n1",) * TERMS, rows[:, 1], rows[:, 0], rows[:, 0])
    source = np.array([text.source for text in texts], dtype=np.int64)
    facts = DocumentFacts(source, np.array([text.day for text in texts], dtype=np.int64))
    worth = np.where(np.isin(np.arange(TERMS), doubtful), DOUBTFUL_WORTH, 1.0)
    found = weigh(counts, spans, facts, worth, artists=int(artist.max(initial=0)) + 1, settings=options)
    columns = (found.weight, found.frequency, found.documents, found.sources, found.first_day, found.last_day)
    keys = zip(found.artist.tolist(), found.term.tolist(), strict=True)
    rows_of = zip(*(column.tolist() for column in columns), strict=True)
    return {key: Weight(*row) for key, row in zip(keys, rows_of, strict=True)}


def weight(*texts: Text) -> float:
    """The weight of term 0 for artist 0 among the background."""
    return weighed([*texts, *BACKGROUND])[0, 0].weight


some_texts = st.lists(
    st.builds(
        Text,
        st.integers(0, 6),
        st.lists(st.integers(0, TERMS - 1), max_size=6),
        st.integers(0, 4),
        st.just(NO_DAY) | st.integers(-1000, 20000),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40)
@given(some_texts, st.sets(st.integers(0, TERMS - 1)))
def test_weights_lie_between_0_and_1(texts: list[Text], doubtful: set[int]) -> None:
    assert all(0 <= each.weight <= 1 for each in weighed(texts, doubtful=sorted(doubtful)).values())


@settings(max_examples=40)
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


@settings(max_examples=40)
@given(some_texts)
def test_every_term_of_an_artist_is_weighed(texts: list[Text]) -> None:
    assert set(weighed(texts)) == {(text.artist, term) for text in texts for term in text.terms}


@given(some_texts, st.randoms())
@settings(max_examples=50)
def test_the_order_of_texts_does_not_matter(texts: list[Text], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = weighed(texts), weighed(shuffled)
    assert before.keys() == after.keys()
    for key, found in before.items():
        assert found.weight == pytest.approx(after[key].weight, abs=1e-12)


@given(st.integers(1, 12), st.integers(0, 12))
@settings(max_examples=50)
def test_each_independent_source_that_uses_a_term_adds_weight(using: int, silent: int) -> None:
    def written(count: int) -> list[Text]:
        texts = [Text(0, [0] if source < count else [], source) for source in range(using + silent + 1)]
        return texts if silent else texts[:count]

    assert weight(*written(using)) < weight(*written(using + 1))


@given(st.integers(1, 6), st.integers(1, 12))
@settings(max_examples=50)
def test_each_text_that_does_not_use_a_term_takes_weight(using: int, silent: int) -> None:
    def written(others: int) -> list[Text]:
        return [Text(0, [0] if source < using else [], source) for source in range(using + others)]

    assert weight(*written(silent)) > weight(*written(silent + 1))


def test_a_hundred_copies_in_one_source_are_worth_hardly_more_than_ten() -> None:
    ten, hundred = ([Text(0, [0], 0)] * count for count in (10, 100))
    assert weight(*hundred) == pytest.approx(weight(*ten), rel=0.01)


def test_no_site_can_shout_down_three_others() -> None:
    shouting = [Text(0, [0], 0)] * 100
    others = [Text(0, [1], source) for source in (1, 2, 3)]
    found = weighed([*shouting, *others, *BACKGROUND])
    assert found[0, 0].weight < found[0, 1].weight
    assert found[0, 0].frequency > found[0, 1].frequency


def test_repeating_a_term_in_one_text_adds_no_weight() -> None:
    assert weight(Text(0, [0] * 9, 0)) == weight(Text(0, [0], 0))


def test_one_text_alone_is_no_certainty() -> None:
    assert weight(Text(0, [0], 0)) < 0.75


def test_what_is_said_of_an_artist_less_than_of_others_does_not_describe_it() -> None:
    texts = [Text(0, [0, 3] if source == 0 else [0], source) for source in range(5)]
    found = weighed([*BACKGROUND, *texts])
    assert found[0, 3].weight == 0 < found[0, 0].weight


def test_a_term_of_less_worth_weighs_so_much_less() -> None:
    texts = [Text(0, [0], 0), *BACKGROUND]
    full, doubtful = weighed(texts)[0, 0].weight, weighed(texts, doubtful=[0])[0, 0].weight
    assert doubtful == pytest.approx(full * DOUBTFUL_WORTH)


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
