"""Which words are denied."""

from __future__ import annotations

import pytest

from nlp.negation import SCOPE, negated
from tests.nlp.small_corpora import corpus_of


def denied(text: str) -> set[str]:
    corpus = corpus_of([text])
    return {corpus.words[number] for number in corpus.numbers[negated(corpus)].tolist()}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It is never boring.", "boring"),
        ("This is not metal.", "metal"),
        ("It is far from dreamy.", "dreamy"),
        ("The record isn't heavy.", "heavy"),
        ("The record isn’t heavy.", "heavy"),
        ("it isnt heavy at all", "heavy"),
        ("Songs without guitars.", "guitars"),
        ("It lacks warmth.", "warmth"),
        ("There is a lack of warmth.", "warmth"),
        ("Not a very heavy record.", "heavy"),
        ("Anything but shoegaze.", "shoegaze"),
        ("Folk rather than metal.", "metal"),
        ("Hardly danceable.", "danceable"),
        ("No drums.", "drums"),
    ],
)
def test_what_a_writer_denies_is_denied(text: str, word: str) -> None:
    assert word in denied(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It is not only dreamy.", "dreamy"),
        ("It is not just metal.", "metal"),
        ("Nothing but shoegaze.", "shoegaze"),
        ("Nothing if not dreamy.", "dreamy"),
        ("It is not without charm.", "charm"),
        ("They do not lack warmth.", "warmth"),
        ("No doubt dreamy.", "dreamy"),
        ("It was never more aggressive.", "aggressive"),
        ("It isn't metal but dreamy folk.", "dreamy"),
        ("It isn't metal, dreamy as it is.", "dreamy"),
        ("Not bad. Dreamy.", "dreamy"),
        ("The rock does not once in all of these songs feel heavy.", "heavy"),
    ],
)
def test_what_a_writer_affirms_is_not_denied(text: str, word: str) -> None:
    assert word not in denied(text)


def test_a_denial_reaches_over_so_many_words_and_no_further() -> None:
    words = [f"word{number}" for number in range(SCOPE + 3)]
    assert denied("never " + " ".join(words)) == set(words[:SCOPE])


def test_nothing_is_denied_across_documents() -> None:
    corpus = corpus_of(["It is not", "heavy"])
    assert not negated(corpus).any()
    assert not negated(corpus_of([])).any()
