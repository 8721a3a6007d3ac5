"""A name as a sentence writes it."""

from __future__ import annotations

import pytest

from nlp.written_names import WrittenName, written_name


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("It is by Glass & Moss.", ("glass", "moss"), WrittenName("Glass & Moss", quoted=False)),
        ("A song of Ada's Garden ends it.", ("ada", "garden"), WrittenName("Ada's Garden", quoted=False)),
        ("They sang “Pale Lanterns” twice.", ("pale", "lanterns"), WrittenName("Pale Lanterns", quoted=True)),
        ("The album *Low Tide*, again.", ("low", "tide"), WrittenName("Low Tide", quoted=True)),
        ("We heard The Q.T.S. and left.", ("q", "t", "s"), WrittenName("The Q.T.S.", quoted=False)),
        ("the Mossglass album", ("mossglass",), WrittenName("Mossglass", quoted=False)),
        ("Ásgerd sings.", ("ásgerd",), WrittenName("Ásgerd", quoted=False)),
        ("a don’t in Don’t Look", ("don't", "look"), WrittenName("Don’t Look", quoted=False)),
    ],
)
def test_the_name_is_found_as_written(sentence: str, words: tuple[str, ...], expected: WrittenName) -> None:
    assert written_name(sentence, words) == expected


@pytest.mark.parametrize("sentence", ["it is low tide", "Mosslow Tides", ""])
def test_small_letters_and_parts_of_words_are_no_name(sentence: str) -> None:
    assert written_name(sentence, ("low", "tide")) is None
