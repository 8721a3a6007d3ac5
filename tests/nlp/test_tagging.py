"""Parts of speech in sampled contexts."""

from __future__ import annotations

from collections import Counter

import pytest

from nlp import tagging
from nlp.tagging import Context, PartOfSpeech, model_name, part_of_speech, tag_words


def context(sentence: str, word: str) -> Context:
    words = tuple(sentence.split())
    return Context(word, words, words.index(word))


@pytest.mark.parametrize(
    ("tag", "part"),
    [
        ("NN", "noun"),
        ("NNS", "noun"),
        ("CD", "noun"),
        ("NNP", "proper"),
        ("NNPS", "proper"),
        ("JJR", "adjective"),
        ("VBG", "verb"),
        ("RB", "other"),
        ("", "other"),
    ],
)
def test_a_penn_treebank_tag_is_one_of_five_parts(tag: str, part: PartOfSpeech) -> None:
    assert part_of_speech(tag) == part


def test_a_word_is_what_its_contexts_say() -> None:
    tagged = tag_words(
        [
            context("they play dreamy songs with heavy guitars .", "guitars"),
            context("they play dreamy songs with heavy guitars .", "heavy"),
            context("we love the heavy sound of this band .", "heavy"),
            context("the singer plays in London every year .", "London"),
            context("they sing about the sea .", "sing"),
        ]
    )
    assert tagged == {
        "guitars": Counter({"noun": 1}),
        "heavy": Counter({"adjective": 2}),
        "London": Counter({"proper": 1}),
        "sing": Counter({"verb": 1}),
    }


def test_no_contexts_are_no_words() -> None:
    assert tag_words([]) == {}


def test_the_model_in_use_has_a_name_and_a_version() -> None:
    name, version = model_name().split()
    assert name.startswith("en_")
    assert version[0].isdigit()


def test_a_missing_model_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "MODELS", ("en_no_such_model",))
    with pytest.raises(LookupError, match="install one of en_no_such_model"):
        tagging._model.__wrapped__()
