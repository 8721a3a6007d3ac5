"""What a release is made from: everything that was read, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.jobs.editing import Editing
from linernotes.jobs.mining import MiningSettings
from nlp.corpus import Corpus, Spans, build_corpus, build_spans, without
from nlp.gazetteer import DOUBTFUL
from nlp.records import Mention
from store.dates import believable
from store.mining import MinedDocument, all_words, mention_rows, mined_documents


@dataclass(frozen=True, slots=True)
class Material:
    """All that a release is made from.

    `documents` are without their packed words, and dates that are not believed; `artists` are ids by row,
    `names` are (artist row, name or alias). `editing` are the overrides.
    """

    documents: tuple[MinedDocument, ...]
    corpus: Corpus
    spans: Spans
    artists: NDArray[np.int64]
    names: tuple[tuple[int, str], ...]
    editing: Editing


def load_material(connection: Connection, settings: MiningSettings, editing: Editing) -> Material:
    """Everything that was read, in an order that does not depend on when it was read."""
    documents: list[MinedDocument] = []

    def packed() -> Iterator[tuple[bytes, bytes]]:
        for document in mined_documents(connection, settings.languages, settings.min_musicality):
            documents.append(_without_words(document))
            yield document.tokens, document.sentences

    words = all_words(connection)
    corpus = build_corpus(packed(), words)
    row_of = {document.id: row for row, document in enumerate(documents)}
    wrong = editing.wrong_links(connection)
    mentions = [
        (row_of[m[0]], m[1], Mention(*m[1:]))
        for m in mention_rows(connection)
        if m[0] in row_of and m[:3] not in wrong
    ]
    artists = np.unique(np.array([artist for _, artist, _ in mentions], dtype=np.int64))
    artist_row = {artist: row for row, artist in enumerate(artists.tolist())}
    spans = build_spans(corpus, ((row, artist_row[artist], m) for row, artist, m in mentions if _counts(m)))
    names = [(artist_row[artist], name) for artist, name in editing.names(connection) if artist in artist_row]
    return Material(tuple(documents), corpus, spans, artists, tuple(names), editing)


def _without_words(document: MinedDocument) -> MinedDocument:
    return MinedDocument(
        document.id,
        document.url,
        document.source,
        believable(document.published, known_by=document.added_at),
        document.words,
        b"",
        b"",
        document.digest,
        document.added_at,
    )


def _counts(mention: Mention) -> bool:
    return mention.role == "subject" or mention.confidence >= DOUBTFUL


def own_text(spans: Spans, artists: int) -> Spans:
    """The spans that speak for each artist: the texts about it, or passages where there is no such text.

    A clause that compares somebody with the artist does not speak for it, and neither does a clause of its
    own text that compares it with somebody.
    """
    has_text = np.zeros(artists, dtype=bool)
    has_text[spans.artist[spans.subject]] = True
    own = spans.only(spans.subject | (~has_text[spans.artist] & ~spans.compared))
    return without(own, spans.only(spans.compared))
