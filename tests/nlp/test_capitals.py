"""Runs of capitalised words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nlp.capitals import capitalised_runs, name_keys
from tests.nlp.small_corpora import corpus_of


def runs(*texts: str) -> list[str]:
    """The runs of texts, each with a mark: + joined, ^ only at the beginning of a sentence."""
    corpus = corpus_of(texts)
    found = capitalised_runs(corpus)
    numbers = corpus.numbers
    named = []
    for first, length, joined, inside in zip(
        found.first.tolist(),
        found.length.tolist(),
        found.joined.tolist(),
        found.inside.tolist(),
        strict=True,
    ):
        words = [corpus.words[n] for n in numbers[first : first + length].tolist() if n]
        named.append(" ".join(words) + ("+" if joined else "") + ("" if inside else "^"))
    return sorted(named)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we saw Pale Lanterns play", ["pale lanterns"]),
        ("Harrowlane play, and we dance", ["harrowlane^"]),
        ("When Harrowlane play we dance", ["harrowlane"]),
        ("songs by The Pale Lanterns", ["pale lanterns"]),
        ("songs by the Pale Lanterns, Harrowlane", ["harrowlane", "pale lanterns"]),
        ("near Kilowatt of the Coast it rains", ["coast", "kilowatt", "kilowatt of the coast+"]),
        ("with Mossglass and Harrowlane today", ["harrowlane", "mossglass", "mossglass and harrowlane+"]),
        ("a duet with Ada J. Quill again", ["ada j quill"]),
        ("seen by Vitamin Q. The band left", ["the", "vitamin q"]),
        ("it is One Two Three Four Five", []),
        ("no name is written here", []),
    ],
)
def test_runs_are_the_capitalised_words_between_others(text: str, expected: Sequence[str]) -> None:
    assert runs(text) == expected


def test_a_name_has_the_key_of_its_runs_however_it_is_written() -> None:
    corpus = corpus_of(["we like Ada J. Quill and the Pale Lanterns, and Glass & Moss"])
    found = set(capitalised_runs(corpus).key.tolist())
    for name in ("Ada J Quill", "The Pale Lanterns", "pale lanterns", "Glass Moss"):
        assert set(name_keys(corpus, [name]).tolist()) <= found
        assert len(name_keys(corpus, [name])) == 1


def test_names_with_words_that_nobody_writes_have_no_key() -> None:
    assert len(name_keys(corpus_of(["Pale Lanterns"]), ["Pale Lamps", "", "The"])) == 0


def test_the_pronoun_of_the_first_person_is_no_name() -> None:
    assert runs("They say I've kept it, and I’m told Mossglass did.") == ["mossglass"]
