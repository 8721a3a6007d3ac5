from __future__ import annotations

import random
from datetime import date

from crawler.documents.duplicates import (
    Candidate,
    digest_of,
    fingerprints,
    rank,
    same_text,
    words_of,
)
from tests.crawler.pages import TEXT

PINNED = (5405378532539384715, 8708836711060461944, -8324376045237391320)
LONG = " ".join(f"word{number}" for number in range(120))


def edited(text: str, share: float, seed: int = 1) -> str:
    words, rng = text.split(), random.Random(seed)
    for index in rng.sample(range(len(words)), int(share * len(words))):
        words[index] = f"new{index}"
    return " ".join(words)


def bands_of(*texts: str) -> list[set[int]]:
    return [set(found.bands) for found in fingerprints((None, text) for text in texts)]


def test_case_punctuation_and_spaces_make_no_difference() -> None:
    assert words_of("The  “Low” Tide!") == words_of("the low tide")


def test_a_script_without_spaces_is_split_into_characters() -> None:
    assert words_of("潮の音 live") == ["潮", "の", "音", "live"]


def test_one_text_under_two_labels_has_two_digests() -> None:
    assert digest_of("Harbour Lights", ["a"]) != digest_of("Ruth Fen", ["a"]) != digest_of(None, ["a"])


def test_a_few_edits_leave_a_copy() -> None:
    assert same_text(LONG, edited(LONG, 0.03))


def test_many_edits_make_another_text() -> None:
    assert not same_text(LONG, edited(LONG, 0.3))


def test_a_copy_with_a_preface_is_a_copy() -> None:
    assert same_text(TEXT, "This review first appeared in Harbour Mag, and we thank its editors. " + TEXT)


def test_an_excerpt_is_no_copy() -> None:
    assert not same_text(LONG, " ".join(LONG.split()[:50]))


def test_very_short_texts_are_copies_only_word_for_word() -> None:
    assert same_text("A fine, slow record.", "a fine slow record")
    assert not same_text("A fine, slow record.", "A fine, slow album.")
    assert fingerprints([(None, "A fine, slow record.")])[0].bands == ()


def test_near_copies_share_a_band() -> None:
    one, other = bands_of(LONG, edited(LONG, 0.03))
    assert one & other


def test_other_texts_share_none() -> None:
    one, other = bands_of(LONG, TEXT)
    assert not one & other


def test_stored_bands_stay_valid() -> None:
    # They are in databases: a change here needs a migration that computes them anew.
    assert fingerprints([(None, LONG)])[0].bands[:3] == PINNED


def test_bands_fit_a_signed_64_bit_column() -> None:
    (found,) = fingerprints([(None, LONG)])
    assert len(found.bands) == 20
    assert all(-(2**63) <= band < 2**63 for band in found.bands)


class TestRank:
    def test_the_earliest_comes_first(self) -> None:
        late = Candidate(1, "https://a.example/x", "d", date(2020, 1, 2))
        early = Candidate(2, "https://b.example/long/path", "d", date(2020, 1, 1))
        unknown = Candidate(3, "https://c.example/", "d")
        assert sorted([late, unknown, early], key=rank) == [early, late, unknown]

    def test_then_the_one_that_others_name_canonical(self) -> None:
        named = Candidate(1, "https://a.example/a/long/path", "d", named_canonical=True)
        other = Candidate(2, "https://b.example/x", "d")
        assert min(other, named, key=rank) == named

    def test_then_the_shortest_address(self) -> None:
        long, short = (
            Candidate(n, url, "d") for n, url in enumerate(("https://a.example/xx", "https://a.example/x"))
        )
        assert min(long, short, key=rank) == short
