"""From text to words, sentences and letter case.

A regular expression instead of spaCy's tokenizer, because every character of the corpus passes here; see
docs/measurements.md for the speed of both. spaCy still decides what part of speech a word is
(`nlp.tagging`), on samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


class Case(IntEnum):
    """How a word is written; a capital at the start of a sentence says nothing."""

    LOWER = 0
    CAPITAL = 1
    INITIAL = 2
    UPPER = 3


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The words of a text in order, and its sentences.

    `words` holds lower-cased words; None stands where punctuation or an overlong word separates two words, so
    that no phrase is read across it. `cases` is parallel to `words`. `sentences` has shape (sentences, 3),
    int32: first token, first character, character after the last.
    """

    words: tuple[str | None, ...]
    cases: tuple[Case, ...]
    sentences: NDArray[np.int32]


# A word: letters and digits, inner apostrophes (don't), inner ampersands (r&b). A hyphen separates words
# without interrupting a phrase, so that "lo-fi" and "lo fi" are one term.
_WORD = r"[^\W_]+(?:[’'&][^\W_]+)*"
_TOKEN = re.compile(rf"(?P<word>{_WORD})|(?P<break>[.,;:!?()\[\]{{}}\"“”«»…—–/|\n*]+)")
_SENTENCE_END = re.compile(r"(?:[.!?…]+[\"”’')\]]*\s+(?=[\"“‘'(\[]*[^\W_a-z])|\n+)")
# A full stop after these ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|jr|sr|vs|feat|ft|vol|no|pt|op|ca|approx|inc|prof|gen|u\.s|u\.k|e\.g|i\.e|a\.k\.a)"
    r"|\b[A-Z])\.\s+$",
    re.IGNORECASE,
)
# One cannot quote or link a "sentence" of a speech-to-text page without punctuation; this many words is a
# passage of about the length of a paragraph.
LONGEST_SENTENCE_WORDS = 60
# No language's word is longer; tokens, hashes and pictures in base64 are. PostgreSQL indexes 2,704 bytes.
LONGEST_WORD = 100


def tokenize(text: str) -> TokenizedText:
    """Return the words and sentences of `text`."""
    words: list[str | None] = []
    cases: list[Case] = []
    sentences: list[tuple[int, int, int]] = []
    for start, end in sentence_spans(text):
        first = len(words)
        _read_sentence(text, start, end, words, cases)
        if len(words) > first:
            sentences.append((first, start, end))
            words.append(None)
            cases.append(Case.LOWER)
    return TokenizedText(tuple(words), tuple(cases), np.array(sentences, dtype=np.int32).reshape(-1, 3))


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The character spans of the sentences of `text`, trimmed; overlong ones are cut between words."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" not in match.group() and _ABBREVIATION.search(
            text, max(start, match.start() - 8), match.end()
        ):
            continue
        yield from _cut(text, start, match.end())
        start = match.end()
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
    if piece.count(" ") <= LONGEST_SENTENCE_WORDS:
        if start < end:
            yield start, end
        return
    spaces = [m.start() for m in re.finditer(r"\s+", text[start:end])]
    ends = [start + space for space in spaces[LONGEST_SENTENCE_WORDS - 1 :: LONGEST_SENTENCE_WORDS]]
    for left, right in zip([start, *ends], [*ends, end], strict=True):
        if text[left:right].strip():
            yield left + (len(text[left:right]) - len(text[left:right].lstrip())), right


def _read_sentence(text: str, start: int, end: int, words: list[str | None], cases: list[Case]) -> None:
    initial = True
    for word, _ in _TOKEN.findall(text, start, end):
        if word and len(word) <= LONGEST_WORD:
            folded, case = _read_word(word)
            words.append(folded)
            cases.append(Case.INITIAL if initial and case is Case.CAPITAL else case)
            initial = False
        elif words and words[-1] is not None:
            words.append(None)
            cases.append(Case.LOWER)


def tokens_before(text: str, sentence: int, place: int) -> int:
    """How many tokens a sentence that starts at character `sentence` has before the character `place`.

    Counted as in `TokenizedText.words`, breaks included; `place` must not lie within a word.
    """
    words: list[str | None] = []
    _read_sentence(text, sentence, place, words, [])
    return len(words)


# A corpus repeats its words: of 13.6 million, 0.3 million are distinct as written.
@lru_cache(maxsize=200_000)
def _read_word(word: str) -> tuple[str, Case]:
    return fold_word(word), _case(word)


def raw_words(sentence: str) -> tuple[list[str], list[str | None]]:
    """The tokens of one sentence as written, and folded as in `TokenizedText.words`; breaks are None."""
    written: list[str] = []
    folded: list[str | None] = []
    for match in _TOKEN.finditer(sentence):
        word = match["word"]
        if word is not None and len(word) <= LONGEST_WORD:
            written.append(word)
            folded.append(fold_word(word))
        elif folded and folded[-1] is not None:
            written.append((match["break"] or "").strip()[:1] or ",")
            folded.append(None)
    return written, folded


def fold_word(word: str) -> str:
    """The word in lower case, with a straight apostrophe and without a possessive ending."""
    lowered = word.lower().replace("’", "'")
    if lowered.endswith("'s"):
        lowered = lowered[:-2]
    return lowered


def _case(word: str) -> Case:
    if not word[0].isupper():
        return Case.LOWER
    return Case.UPPER if len(word) > 1 and word.isupper() else Case.CAPITAL


def spelt(term: str) -> str:
    """Return a term as releases spell it: its words, as `tokenize` has them, with a blank between."""
    return " ".join(word for word in tokenize(term).words if word)
