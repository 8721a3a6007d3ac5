"""Which runs of words are descriptor terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.corpus import Corpus
from nlp.records import Kind
from nlp.tagging import PARTS_OF_SPEECH, PartOfSpeech
from nlp.terms import capital_share, find_terms, kind_of, word_classes
from tests.nlp.small_corpora import About, corpus_of, read

PARTS: dict[str, PartOfSpeech] = {
    **dict.fromkeys(("guitars", "drum", "bass", "reverb", "manchester"), "noun"),
    **dict.fromkeys(("heavy", "loud", "quiet", "slow"), "adjective"),
    **dict.fromkeys(("crush", "plays"), "verb"),
}


def classes_of(corpus: Corpus) -> np.ndarray:
    return word_classes(corpus, {word: {part: 3} for word, part in PARTS.items()})


def terms_of(*texts: About, fewest: int = 1, admitted: Collection[str] = ()) -> dict[str, Kind]:
    corpus, spans = read(texts)
    found = find_terms(corpus, spans, classes_of(corpus), fewest_artists=fewest, admitted_names=admitted)
    return dict(zip(found.terms, found.kinds, strict=True))


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (("adjective",), "adj"),
        (("noun",), "n1"),
        (("proper",), "n1"),
        (("adjective", "noun"), "np"),
        (("noun", "noun"), "np"),
        (("proper", "noun"), "np"),
        (("adjective", "adjective", "noun"), "np"),
        (("adjective", "adjective"), "n2"),
        (("noun", "adjective"), "n2"),
        (("noun", "other", "noun"), "n3"),
        (("noun", "verb"), None),
        (("noun", "verb", "noun"), None),
    ],
)
def test_the_parts_of_speech_decide_the_kind(parts: tuple[PartOfSpeech, ...], kind: Kind | None) -> None:
    assert kind_of(parts) == kind


def test_terms_of_all_kinds_are_found_in_a_text() -> None:
    assert terms_of(About(0, "It is loud quiet loud, heavy guitars, drum and bass.")) == {
        "loud": "adj",
        "quiet": "adj",
        "heavy": "adj",
        "guitars": "n1",
        "drum": "n1",
        "bass": "n1",
        "loud quiet": "n2",
        "quiet loud": "n2",
        "loud quiet loud": "n3",
        "heavy guitars": "np",
        "drum and bass": "n3",
    }


def test_a_term_crosses_neither_punctuation_nor_a_verb() -> None:
    assert set(terms_of(About(0, "it is heavy, guitars crush bass"))) == {"heavy", "guitars", "bass"}


def test_a_term_needs_several_artists() -> None:
    texts = (About(0, "so heavy guitars"), About(1, "so heavy reverb"), About(1, "so slow reverb"))
    assert set(terms_of(*texts, fewest=2)) == {"heavy"}


def test_a_word_that_is_written_like_a_name_is_no_term_unless_it_is_admitted() -> None:
    texts = (About(0, "the Manchester drum"), About(1, "a Manchester bass"))
    assert "manchester" not in terms_of(*texts)
    assert terms_of(*texts, admitted=["manchester"])["manchester"] == "n1"
    assert terms_of(*texts, admitted=["manchester"])["manchester bass"] == "np"


def test_every_occurrence_is_kept_with_its_place() -> None:
    corpus, spans = read([About(0, "so heavy guitars, heavy bass"), About(1, "so heavy")])
    found = find_terms(corpus, spans, classes_of(corpus), fewest_artists=1)
    heavy = found.term == found.terms.index("heavy")
    assert spans.artist[found.span[heavy]].tolist() == [0, 0, 1]
    assert {corpus.words[n] for n in corpus.numbers[found.position[heavy]].tolist()} == {"heavy"}


def test_a_corpus_without_terms_has_none() -> None:
    assert terms_of(About(0, "it is and was")) == {}
    assert terms_of() == {}


def test_a_word_has_its_commonest_part_of_speech() -> None:
    corpus = corpus_of(["808 fuzz hum unseen"])
    counts: dict[str, Counter[PartOfSpeech]] = {
        "fuzz": Counter({"noun": 2, "verb": 1}),
        "hum": Counter({"noun": 1, "verb": 2}),
    }
    classes = word_classes(corpus, counts).tolist()
    assert dict(zip(corpus.words, (PARTS_OF_SPEECH[c] for c in classes), strict=True)) == {
        "": "other",
        "808": "noun",
        "fuzz": "noun",
        "hum": "verb",
        "unseen": "other",
    }


def test_the_capital_share_counts_words_inside_sentences_only() -> None:
    corpus = corpus_of(["Fuzz and Fuzz. Fuzz or fuzz. Drum."])
    share = dict(zip(corpus.words, capital_share(corpus).tolist(), strict=True))
    assert share["fuzz"] == 0.5
    assert share["drum"] == 0


words = st.sampled_from([*PARTS, "the", "and", "heavy,", "Slow.", "Bass"])
texts = st.lists(st.builds(About, st.integers(0, 3), st.lists(words, max_size=12).map(" ".join)), max_size=5)


@settings(max_examples=40)
@given(texts, st.integers(1, 3))
def test_each_term_is_of_one_to_three_words_and_shared_by_enough_artists(
    given_texts: list[About], fewest: int
) -> None:
    corpus, spans = read(given_texts)
    found = find_terms(corpus, spans, classes_of(corpus), fewest_artists=fewest)
    assert len(set(found.terms)) == len(found.terms) == len(found.kinds)
    for number, term in enumerate(found.terms):
        assert 1 <= len(term.split()) <= 3
        assert len(set(spans.artist[found.span[found.term == number]].tolist())) >= fewest


def uses_of(*texts: About, listed: dict[str, str] | None = None, **options: object) -> Counter[str]:
    """How often each term is used."""
    corpus, spans = read(texts)
    silent = np.array([corpus.words[n] in {"not", "crush"} for n in corpus.numbers.tolist()])
    found = find_terms(
        corpus,
        spans,
        classes_of(corpus),
        fewest_artists=1,
        listed=listed,
        silent=silent if options.get("silent") else None,
        admitted_names=options.get("admitted", ()),  # type: ignore[arg-type]  # a collection of words
    )
    return Counter(found.terms[number] for number in found.term.tolist())


def test_a_listed_term_is_found_whatever_its_parts_of_speech() -> None:
    assert uses_of(About(0, "so lo fi and heavy"), listed={"lo fi": "genre"})["lo fi"] == 1


def test_a_use_with_a_silent_word_does_not_count() -> None:
    assert uses_of(About(0, "so crush drum, drum"), listed={"crush drum": "genre"}, silent=True) == {
        "drum": 2
    }


def test_a_title_is_no_use() -> None:
    assert uses_of(About(0, "a song called Heavy Reverb, so heavy it is heavy"))["heavy"] == 2


def test_what_is_mostly_a_title_of_an_artist_is_no_term_of_it_even_without_capitals() -> None:
    texts = [About(0, "the song Slow and the song Slow"), About(0, "slow is the song they played")]
    assert "slow" not in uses_of(*texts)
    assert uses_of(*texts, About(1, "It is so slow and so slow"))["slow"] == 2


def test_a_text_without_capitals_takes_its_names_from_the_others() -> None:
    spoken = About(0, "and then loud quiet came on " * 12)
    written = [About(artist, "the album Loud Quiet came out") for artist in range(1, 5)]
    assert "loud quiet" in uses_of(spoken)
    assert "loud quiet" not in uses_of(spoken, *written)


def test_a_word_of_a_longer_listed_term_of_another_facet_is_not_used_by_itself() -> None:
    listed = {"drum and bass": "genre", "drum": "instrument", "bass": "instrument"}
    assert uses_of(About(0, "some drum and bass, a bass"), listed=listed) == {"drum and bass": 1, "bass": 1}


def test_a_place_of_several_words_is_one_name() -> None:
    listed = {"new manchester": "place", "manchester": "place"}
    found = uses_of(About(0, "from New Manchester they came"), listed=listed, admitted=["manchester"])
    assert found == {"new manchester": 1}
