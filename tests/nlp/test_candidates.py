"""Names that writers treat as artists: made-up towns and bands, told apart by what is said of them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from nlp.candidates import Candidates, find_candidates
from nlp.corpus import Corpus
from tests.nlp.small_corpora import corpus_of

SYLLABLES = ("bra", "kel", "mor", "tun", "vis", "dro", "fal", "gim", "hur", "jop")
OF_ARTISTS = (
    "a new record by {} is out",
    "fans of bands like {} will dance",
    "the singer of {} left after the tour",
    "their debut was produced with help from {} and friends",
)
OF_TOWNS = (
    "they moved to {} last winter",
    "a small club near {} burnt down",
    "the road from {} is long",
    "everybody born in {} knows the river",
)


def names(count: int, last: str) -> list[str]:
    return [
        f"{SYLLABLES[i % 10]}{SYLLABLES[i // 10 % 10]}{last}".capitalize() + f" {last.capitalize()}"
        for i in range(count)
    ]


BANDS, TOWNS = names(50, "zor"), names(50, "wick")


def texts(bands: Sequence[str], towns: Sequence[str]) -> list[str]:
    chance = random.Random(7)
    said = [(chance.choice(OF_ARTISTS), band) for band in bands for _ in range(6)]
    said += [(chance.choice(OF_TOWNS), town) for town in towns for _ in range(6)]
    chance.shuffle(said)
    return [f"we wrote that {form.format(name)}." for form, name in said]


def find(
    written: Sequence[str],
    *,
    limit: int = 100,
    registered: Sequence[str] = BANDS[:40],
    **options: Sequence[str],
) -> tuple[list[str], Candidates]:
    corpus = corpus_of(written)
    source = np.arange(len(written)) % 3
    found = find_candidates(corpus, source, registered=registered, limit=limit, **options)
    return [name_at(corpus, found, number) for number in range(len(found.score))], found


def name_at(corpus: Corpus, found: Candidates, number: int) -> str:
    first = found.bounds[number]
    position, length = found.position[first], found.length[first]
    return " ".join(corpus.words[n] for n in corpus.numbers[position : position + length].tolist() if n)


WRITTEN = texts(BANDS, TOWNS)


def test_unregistered_bands_come_before_towns() -> None:
    listed, found = find(WRITTEN)
    assert set(listed[:10]) == {name.lower() for name in BANDS[40:]}
    assert found.score.tolist() == sorted(found.score.tolist(), reverse=True)
    assert all(0 <= score <= 1 for score in found.score.tolist())


def test_registered_names_are_never_proposed() -> None:
    listed, _ = find(WRITTEN, registered=BANDS[:49])
    assert not {name.lower() for name in BANDS[:49]} & set(listed)


def test_titles_of_works_are_not_proposed() -> None:
    listed, _ = find(WRITTEN, titles=[BANDS[45]])
    assert BANDS[45].lower() not in listed
    assert BANDS[44].lower() in listed


def test_mentions_documents_and_sources_are_counted() -> None:
    listed, found = find(WRITTEN)
    place = listed.index(BANDS[41].lower())
    assert (found.mentions[place], found.documents[place]) == (6, 6)
    assert 1 <= found.sources[place] <= 3
    assert found.bounds[-1] == len(found.position) == found.mentions.sum()


def test_a_name_in_one_document_is_not_proposed() -> None:
    listed, _ = find([*WRITTEN, "a new record by Lonely Quux is out. We like bands like Lonely Quux."])
    assert "lonely quux" not in listed


def test_a_surname_is_a_part_of_the_name_beside_it() -> None:
    both = "a new record by Ada Quill is out, and fans of bands like Quill will dance."
    listed, _ = find([*WRITTEN, *[both] * 4])
    assert "ada quill" in listed
    assert "quill" not in listed


def test_two_names_joined_by_and_are_one_when_seldom_apart() -> None:
    together = [OF_ARTISTS[n % 4].format("Glass and Moss") + " today." for n in range(8)]
    apart = [f"fans of {a} and {b} will dance" for a, b in zip(BANDS[40:45], BANDS[45:], strict=True)]
    listed, _ = find([*WRITTEN, *together, *apart])
    assert "glass and moss" in listed
    assert not {"glass", "moss"} & set(listed)
    assert not any(" zor and " in name for name in listed)


def test_with_few_registered_names_nothing_is_learnt() -> None:
    listed, found = find(WRITTEN, registered=BANDS[:5])
    assert listed == []
    assert found.bounds.tolist() == [0]


@pytest.mark.parametrize("written", [[], ["nothing is named here"]])
def test_without_names_there_are_no_candidates(written: Sequence[str]) -> None:
    assert find(written)[0] == []


def test_the_same_texts_give_the_same_candidates_with_other_word_numbers() -> None:
    listed, found = find(WRITTEN)
    again, other = find(WRITTEN)
    assert (listed, found.score.tolist()) == (again, other.score.tolist())
