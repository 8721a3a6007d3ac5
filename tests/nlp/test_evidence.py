"""Sentences that show a descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlp.corpus import Corpus, Spans
from nlp.evidence import choose_evidence
from nlp.inference import Neighbours, look_nearby
from nlp.support import DocumentFacts, exposure, find_support, usual_share
from nlp.tagging import PARTS_OF_SPEECH
from nlp.terms import find_terms
from nlp.weights import WeightSettings, weigh
from tests.nlp.small_corpora import About, read

GOOD = "A slow and patient record on which the guitars shimmer for an hour without ever coming to the point."


@dataclass(frozen=True, slots=True)
class Quote:
    artist: int
    term: str
    document: int
    words: str


def quotes(
    *texts: About, terms: int = 50, sentences: int = 2, names: tuple[tuple[int, str], ...] = ()
) -> list[Quote]:
    corpus, spans = read(texts)
    return chosen(corpus, spans, texts, terms=terms, sentences=sentences, names=names)


def chosen(
    corpus: Corpus,
    spans: Spans,
    texts: Sequence[About],
    *,
    terms: int = 50,
    sentences: int = 2,
    names: tuple[tuple[int, str], ...] = (),
) -> list[Quote]:
    classes = np.full(len(corpus.words), PARTS_OF_SPEECH.index("noun"), dtype=np.int8)
    counts = find_terms(corpus, spans, classes, fewest_artists=1)
    day = np.zeros(len(texts), dtype=np.int64)
    facts = DocumentFacts(np.array([text.source for text in texts], dtype=np.int64), day)
    worth = np.ones(len(counts.terms))
    support = find_support(corpus, counts, spans, facts)
    exposed = exposure(spans, facts, int(spans.artist.max(initial=0)) + 1)
    usual = usual_share(support, exposed, terms=len(worth))
    nobody = Neighbours(np.zeros(0, np.int64), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.float32))
    nearby = look_nearby(support, exposed, usual, ("other",) * len(worth), nobody)
    weighted = weigh(
        support,
        nearby,
        replace(WeightSettings(), least=0.0),
        exposure=exposed,
        usual=usual,
        worth=worth,
    )
    found = choose_evidence(
        corpus,
        spans,
        counts,
        facts,
        weighted,
        terms=terms,
        sentences=sentences,
        names=names,
        about_others=spans.only(~spans.subject).covered(len(corpus.codes)),
    )
    columns = (found.artist, found.term, found.document, found.start, found.end)
    return [
        Quote(artist, counts.terms[term], document, texts[document].text[start:end])
        for artist, term, document, start, end in zip(*(c.tolist() for c in columns), strict=True)
    ]


def quotes_of_one_text(subject: About, passage: About) -> list[Quote]:
    """The quotes of a text that has a passage about another artist."""
    corpus, spans = read([subject])
    first = int(corpus.bounds[0])
    last = first + int(corpus.sentences[passage.sentences[1] + 1, 0]) if passage.sentences else first
    joined = Spans(
        np.append(spans.artist, passage.artist),
        np.append(spans.document, 0),
        np.append(spans.first, first),
        np.append(spans.last, last),
        np.append(spans.subject, False),
        np.append(spans.compared, False),
    )
    return chosen(corpus, joined, [subject])


def of(term: str, found: list[Quote]) -> list[Quote]:
    return [quote for quote in found if quote.term == term]


def test_a_quote_is_the_sentence_in_which_the_term_stands() -> None:
    text = "Nothing here. The reverb is deep. Nothing there."
    assert of("reverb", quotes(About(0, text))) == [Quote(0, "reverb", 0, "The reverb is deep.")]


def test_every_quote_holds_its_term() -> None:
    found = quotes(
        About(0, "Slow bass hums. Slow fuzz too."), About(1, "Fuzz. Bass hums."), About(0, "More fuzz")
    )
    assert {quote.artist for quote in found} == {0, 1}
    assert all(quote.term in quote.words.lower() for quote in found)


def test_each_quote_is_of_another_document_and_there_are_no_more_than_asked_for() -> None:
    texts = [
        About(0, "Deep reverb. More reverb. Reverb!"),
        *[About(0, f"The reverb {word}.") for word in ("rings", "sings", "swings")],
    ]
    found = of("reverb", quotes(*texts, sentences=3))
    assert len({quote.document for quote in found}) == len(found) == 3


def test_another_source_comes_before_another_document_of_the_same() -> None:
    also_good = GOOD.replace("slow", "quick")
    texts = [About(0, GOOD, source=1), About(0, also_good, source=1), About(0, "The guitars ring.", source=2)]
    assert [quote.document for quote in of("guitars", quotes(*texts))] == [0, 2]


def test_of_several_sentences_the_one_of_readable_length_is_quoted() -> None:
    text = f"Guitars. {GOOD} {'And then the guitars and the drums ' * 7}end."
    assert [quote.words for quote in of("guitars", quotes(About(0, text)))] == [GOOD]


def test_the_sentences_of_a_passage_alone_speak_for_its_artist() -> None:
    text = "The reverb is deep. The bass is slow. The fuzz is loud."
    found = quotes(About(0, text, sentences=(1, 1)))
    assert {quote.words for quote in found} == {"The bass is slow."}


def test_only_the_strongest_descriptors_have_evidence() -> None:
    texts = [About(0, "Deep reverb here."), About(0, "Deep reverb there.", source=1), About(1, "Fuzz, bass.")]
    assert {quote.term for quote in quotes(*texts, terms=1) if quote.artist == 0} <= {
        "deep",
        "reverb",
        "deep reverb",
    }
    assert len({quote.term for quote in quotes(*texts, terms=1) if quote.artist == 0}) == 1


def test_without_descriptors_there_is_no_evidence() -> None:
    assert quotes(About(0, "it is and was")) == []


def test_a_sentence_that_stands_in_two_texts_is_quoted_once() -> None:
    texts = [About(0, GOOD, source=source) for source in (1, 2, 3)]
    assert [quote.document for quote in of("guitars", quotes(*texts, sentences=3))] == [0]


def test_a_sentence_that_names_the_artist_is_preferred() -> None:
    named = GOOD.replace("A slow and patient record", "Vell Harrow made a patient record")
    found = quotes(About(0, f"{GOOD} {named}"), names=((0, "Vell Harrow"),))
    assert [quote.words for quote in of("guitars", found)] == [named]


def test_a_sentence_about_another_artist_is_quoted_only_when_there_is_none_else() -> None:
    texts = [About(0, f"{GOOD} The guitars ring on.")]
    corpus, _ = read(texts)
    assert len(corpus.sentences) == 2
    passage = About(1, texts[0].text, sentences=(0, 0))
    shared = quotes_of_one_text(texts[0], passage)
    assert [quote.words for quote in of("guitars", shared) if quote.artist == 0] == ["The guitars ring on."]


def test_fragments_lists_and_leaning_sentences_are_avoided() -> None:
    listed = "Guitars, Bass, Drums, Vox, Organ, Harp, Flute, Oboe, Viola, Cello, Horn, Lute, Sitar, Tabla"
    leaning = "It is " + GOOD[0].lower() + GOOD[1:-3]
    for worse in (f"{listed}.", f"{leaning}it."):
        found = quotes(About(0, f"{worse} {GOOD[:-5]}it."))
        assert [quote.words for quote in of("guitars", found)] == [f"{GOOD[:-5]}it."]
