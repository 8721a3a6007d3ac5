"""Telling copies of a text from texts of their own.

A text is folded to its words in order; two documents of the same label are copies of each other when their
sets of three-word shingles have a Jaccard similarity of at least .8, or when one holds at least 95 % of the
other's shingles and they are still alike (a syndicated copy with a preface). Candidates are found by MinHash
with locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*,
chapter 3) and verified exactly. Texts of fewer than eight words are copies only of the very same words.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from rensa import RMinHash

# 20 bands of 6 values find a pair of Jaccard similarity s with probability 1 - (1 - s^6)^20: .9977 at .8, .92
# at .7, .27 at .5 and .014 at .3. rensa is quickest with a power of two, so the last 8 values are not used.
_PERMUTATIONS = 128
_BANDS = 20
_ROWS = 6
# Part of the stored data: another seed, or another algorithm in rensa, makes stored bands worthless.
_SEED = 20_011
# On texts that the same site published twice, edits leave .9 and more; different reviews of one album by one
# critic, with the same track names in them, stay below .3.
COPY_SIMILARITY = 0.8
# A copy with a preface: all of the original is in it, and the original is most of it.
_HELD_SHARE = 0.95
_HELD_SIMILARITY = 0.65
_SHINGLE_WORDS = 3
MIN_SHINGLED_WORDS = 8
# Scripts that write no spaces: there a character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")

Shingles = frozenset[str]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a text is compared by. `digest` covers label and words; `bands` is empty for very short texts."""

    digest: str
    words: int
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored document among its possible copies. `named_canonical` says that other pages call it so."""

    id: int
    url: str
    digest: str
    published: date | None = None
    named_canonical: bool = False


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded: NFKC, case-folded, without punctuation."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _WORD.findall(folded.casefold())


def shingles_of(words: Sequence[str]) -> Shingles:
    """Return the distinct runs of three words, each joined by spaces."""
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def fingerprints(texts: Iterable[tuple[str | None, str]]) -> list[Fingerprint]:
    """Return the fingerprints of (label, text) pairs, in order; MinHash is done for all of them at once."""
    words = [(label, words_of(text)) for label, text in texts]
    long = [index for index, (_, found) in enumerate(words) if len(found) >= MIN_SHINGLED_WORDS]
    shingles = [list(shingles_of(words[index][1])) for index in long]
    minima = RMinHash.digests_from_token_sets(shingles, num_perm=_PERMUTATIONS, seed=_SEED) if long else []
    bands = dict(zip(long, map(_bands, minima), strict=True))
    return [
        Fingerprint(digest_of(label, found), len(found), bands.get(index, ()))
        for index, (label, found) in enumerate(words)
    ]


def digest_of(label: str | None, words: Sequence[str]) -> str:
    """Return SHA-256, in hexadecimal, of the folded label and the folded words."""
    return hashlib.sha256("\0".join((" ".join(words_of(label or "")), " ".join(words))).encode()).hexdigest()


def are_copies(one: Shingles, other: Shingles) -> bool:
    """Whether two texts are copies of each other, by their shingles; symmetric."""
    smaller, larger = sorted((len(one), len(other)))
    if not smaller or smaller < _HELD_SIMILARITY * larger:
        return False
    shared = len(one & other)
    similarity = shared / (smaller + larger - shared)
    held = shared / smaller
    return similarity >= COPY_SIMILARITY or (similarity >= _HELD_SIMILARITY and held >= _HELD_SHARE)


def same_text(one: str, other: str) -> bool:
    """Whether two texts are copies of each other."""
    words, others = words_of(one), words_of(other)
    if words == others:
        return True
    if min(len(words), len(others)) < MIN_SHINGLED_WORDS:
        return False
    return are_copies(shingles_of(words), shingles_of(others))


def rank(document: Candidate) -> tuple[bool, date, bool, int, str]:
    """Return what documents are sorted by; of several copies the first is the original.

    The earliest published comes first, then one that others name canonical, then the shortest URL, then the
    URL itself. So the answer depends on the documents alone and not on the order they came in.
    """
    return (
        document.published is None,
        document.published or date.max,
        not document.named_canonical,
        len(document.url),
        document.url,
    )


def _bands(minima: Sequence[int]) -> tuple[int, ...]:
    """Return the hash of each band as a signed 64-bit integer, as databases keep them."""
    data = struct.pack(f"<{_BANDS * _ROWS}I", *minima[: _BANDS * _ROWS])
    edges = range(0, len(data) + 1, 4 * _ROWS)
    return tuple(_signed(band, data[start:end]) for band, (start, end) in enumerate(pairwise(edges)))


def _signed(band: int, values: bytes) -> int:
    order: Literal["little"] = "little"
    digest = hashlib.blake2b(values, digest_size=8, salt=bytes([band])).digest()
    return int.from_bytes(digest, order, signed=True)
