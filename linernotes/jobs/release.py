"""The last stage of mining: from what was read to the rows of a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.activity import weekly_activity
from nlp.corpus import Corpus, Spans, build_corpus, build_spans
from nlp.evidence import Evidence, choose_evidence
from nlp.facets import facet_of
from nlp.gazetteer import DOUBTFUL
from nlp.neighbours import nearest
from nlp.records import Mention
from nlp.terms import TermCounts, find_terms, own_name_terms, word_classes
from nlp.vectors import Part, comention_matrix, fuse, latent, text_matrix, word2vec_rows
from nlp.weights import NO_DAY, DocumentFacts, Weighted, weigh
from nlp.word2vec import train_word2vec
from nlp.worth import term_worth
from store.mining import MinedDocument, all_words, mention_rows, mined_documents, registry_names
from store.releases import ReleaseRows

_EPOCH = date(1970, 1, 1)
# Facets whose words are let in although they are written like names: Britpop, Manchester.
_NAMED_FACETS = frozenset({"genre", "place", "era"})


@dataclass(frozen=True, slots=True)
class Material:
    """All that a release is made from.

    `documents` are without their packed words, `artists` are ids by row, `names` are (artist row, name or
    alias).
    """

    documents: tuple[MinedDocument, ...]
    corpus: Corpus
    spans: Spans
    artists: NDArray[np.int64]
    names: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """Vectors of the artists with enough text: `rows` (numbers of artists), `vectors` and word vectors."""

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    word_vectors: dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Described:
    """The descriptors of all artists."""

    counts: TermCounts
    weighted: Weighted
    evidence: Evidence
    facets: tuple[str, ...]


def load_material(connection: Connection, settings: MiningSettings) -> Material:
    """Everything that was read, in an order that does not depend on when it was read."""
    documents: list[MinedDocument] = []

    def packed() -> Iterator[tuple[bytes, bytes]]:
        for document in mined_documents(connection, settings.languages, settings.min_musicality):
            documents.append(_without_words(document))
            yield document.tokens, document.sentences

    words = all_words(connection)
    corpus = build_corpus(packed(), words)
    row_of = {document.id: row for row, document in enumerate(documents)}
    mentions = [(row_of[m[0]], m[1], Mention(*m[1:])) for m in mention_rows(connection) if m[0] in row_of]
    artists = np.unique(np.array([artist for _, artist, _ in mentions], dtype=np.int64))
    artist_row = {artist: row for row, artist in enumerate(artists.tolist())}
    spans = build_spans(corpus, ((row, artist_row[artist], m) for row, artist, m in mentions if _counts(m)))
    names = [
        (artist_row[artist], name) for artist, name in registry_names(connection) if artist in artist_row
    ]
    return Material(tuple(documents), corpus, spans, artists, tuple(names))


def _without_words(document: MinedDocument) -> MinedDocument:
    return MinedDocument(
        document.id,
        document.url,
        document.source,
        document.published,
        document.words,
        b"",
        b"",
        document.digest,
    )


def _counts(mention: Mention) -> bool:
    return mention.role == "subject" or mention.confidence >= DOUBTFUL


def own_text(spans: Spans, artists: int) -> Spans:
    """The spans that speak for each artist: the texts about it, or passages where there is no such text."""
    has_text = np.zeros(artists, dtype=bool)
    has_text[spans.artist[spans.subject]] = True
    return spans.only(spans.subject | ~has_text[spans.artist])


def learn(material: Material, settings: MiningSettings, on_event: OnEvent) -> Learned:
    """Make the vectors."""
    corpus, artists = material.corpus, len(material.artists)
    own = own_text(material.spans, artists)
    words = _words(corpus, own, artists)
    enough = words >= settings.min_words
    fit = words >= max(settings.min_words, settings.vectors.fit_words)
    on_event(MineEvent("learn", 0, 4, "word2vec"))
    word_vectors = train_word2vec(corpus, settings.word2vec)
    on_event(MineEvent("learn", 1, 4, "TF-IDF and LSA"))
    parts = _parts(material, own, fit, word_vectors, settings)
    on_event(MineEvent("learn", 3, 4, "fusion"))
    known = enough & np.any(np.hstack([part.rows for part in parts]), axis=1)
    vectors = fuse(parts, fit & known, dimensions=settings.vectors.dimensions)
    on_event(MineEvent("learn", 4, 4))
    # A text that shares nothing with the others is projected on nearly nothing: it has no direction.
    rows = np.flatnonzero(known & (np.linalg.norm(vectors, axis=1) > 0.5))
    return Learned(rows, np.ascontiguousarray(vectors[rows]), word_vectors)


def _words(corpus: Corpus, spans: Spans, artists: int) -> NDArray[np.int64]:
    """Words that speak for each artist."""
    upto = np.append(0, np.cumsum(corpus.codes > 3))
    return np.bincount(spans.artist, weights=upto[spans.last] - upto[spans.first], minlength=artists).astype(
        np.int64
    )


def _parts(
    material: Material,
    own: Spans,
    fit: NDArray[np.bool_],
    word_vectors: dict[str, NDArray[np.float32]],
    settings: MiningSettings,
) -> list[Part]:
    artists, words = len(material.artists), int((material.corpus.numbers > 0).sum())
    chosen = settings.vectors.for_corpus(artists=int(fit.sum()), words=words)
    text = text_matrix(material.corpus, own, fit, settings=chosen)
    subjects, named = _comentions(material.spans)
    beside = comention_matrix(subjects, named, artists=artists, settings=chosen)
    means = word2vec_rows(material.corpus, own, word_vectors, fit, settings=chosen)
    return [
        Part("lsa", latent(text, fit, dimensions=chosen.lsa_dimensions, settings=chosen), 1.0),
        Part(
            "comention",
            latent(beside, fit, dimensions=chosen.comention_dimensions, settings=chosen),
            chosen.comention_share,
        ),
        Part("word2vec", means, chosen.word2vec_share),
    ]


def _comentions(spans: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (artist a document is about, other artist named in it), once for each document."""
    subjects: dict[int, list[int]] = {}
    for artist, document in zip(
        spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True
    ):
        subjects.setdefault(document, []).append(artist)
    pairs = {
        (document, subject, named)
        for named, document in zip(spans.artist.tolist(), spans.document.tolist(), strict=True)
        for subject in subjects.get(document, ())
        if subject != named
    }
    rows = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 3)
    return rows[:, 1], rows[:, 2]


def describe(
    material: Material, parts_of_speech: dict[str, dict[str, int]], settings: MiningSettings
) -> Described:
    """Make the descriptors and choose their evidence."""
    corpus, artists = material.corpus, len(material.artists)
    spans = own_text(material.spans, artists)
    classes = word_classes(corpus, parts_of_speech)  # type: ignore[arg-type]  # the columns are the parts
    named = {word for word in corpus.words if facet_of(word) in _NAMED_FACETS}
    counts = find_terms(corpus, spans, classes, fewest_artists=2, admitted_names=named)
    facets = tuple(facet_of(term) for term in counts.terms)
    worth = term_worth(corpus, counts.terms, facets)
    facts = _facts(material.documents)
    own = own_name_terms(counts.terms, facets, material.names)
    weighted = weigh(counts, spans, facts, worth, artists=artists, settings=settings.weights, excluded=own)
    evidence = choose_evidence(
        corpus,
        spans,
        counts,
        facts,
        weighted,
        terms=settings.evidence_terms,
        sentences=settings.evidence_sentences,
    )
    return Described(counts, weighted, evidence, facets)


def _facts(documents: Sequence[MinedDocument]) -> DocumentFacts:
    source = np.unique([document.source for document in documents], return_inverse=True)[1]
    days = [(d.published - _EPOCH).days if d.published else NO_DAY for d in documents]
    return DocumentFacts(source.astype(np.int64), np.array(days, dtype=np.int64))


def release_rows(
    material: Material, learned: Learned, described: Described, settings: MiningSettings
) -> ReleaseRows:
    """The rows of a release; generators, so that they are made while they are written."""
    return ReleaseRows(
        terms=_term_rows(described),
        descriptors=_descriptor_rows(material, described.weighted),
        evidence=_evidence_rows(material, described.evidence),
        neighbours=_neighbour_rows(material, learned, settings.neighbours),
        vectors=(
            (int(material.artists[row]), len(vector), vector)
            for row, vector in zip(learned.rows.tolist(), learned.vectors, strict=True)
        ),
        activity=_activity_rows(material),
        words=(
            (word, vector.astype("<f4").tobytes())
            for word, vector in list(learned.word_vectors.items())[: settings.search_words]
        ),
    )


def used_terms(described: Described) -> NDArray[np.int64]:
    """The terms that describe at least one artist."""
    return np.unique(described.weighted.term)


def _term_rows(described: Described) -> Iterator[Sequence[Any]]:
    counts = described.counts
    artists = np.bincount(described.weighted.term, minlength=len(counts.terms))
    total = len(np.unique(described.weighted.artist))
    for term in used_terms(described).tolist():
        idf = float(np.log((1 + total) / (1 + artists[term])) + 1)
        yield term, counts.terms[term], counts.kinds[term], described.facets[term], int(artists[term]), idf


def _descriptor_rows(material: Material, weighted: Weighted) -> Iterator[Sequence[Any]]:
    columns = (
        material.artists[weighted.artist],
        weighted.term,
        np.round(weighted.weight, 6),
        weighted.frequency,
        weighted.documents,
        weighted.sources,
    )
    days = zip(weighted.first_day.tolist(), weighted.last_day.tolist(), strict=True)
    for row, (first, last) in zip(zip(*(c.tolist() for c in columns), strict=True), days, strict=True):
        yield *row, _day(first), _day(last)


def _day(number: int) -> date | None:
    """The day of a day number; None for the marks of an unknown day at either end."""
    return _EPOCH + timedelta(days=number) if abs(number) < 10**6 else None


def _evidence_rows(material: Material, evidence: Evidence) -> Iterator[Sequence[Any]]:
    ids = np.array([document.id for document in material.documents], dtype=np.int64)
    columns = (
        material.artists[evidence.artist],
        evidence.term,
        ids[evidence.document],
        evidence.start,
        evidence.end,
    )
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _neighbour_rows(material: Material, learned: Learned, k: int) -> Iterator[Sequence[Any]]:
    numbers, similarities = nearest(learned.vectors, k)
    ids = material.artists[learned.rows]
    for row, artist in enumerate(ids.tolist()):
        for rank, (number, similarity) in enumerate(
            zip(numbers[row].tolist(), similarities[row].tolist(), strict=True), start=1
        ):
            yield artist, rank, int(ids[number]), round(similarity, 6)


def _activity_rows(material: Material) -> Iterator[Sequence[Any]]:
    spans = material.spans
    about = zip(spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True)
    texts = (
        (artist, material.documents[document].source, published)
        for artist, document in about
        if (published := material.documents[document].published) is not None
    )
    for each in weekly_activity(texts):
        artist = int(material.artists[each.artist])
        yield artist, each.week, each.documents, each.sources, round(each.familiarity, 6), round(each.buzz, 6)
