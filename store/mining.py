"""What mining keeps document by document: words, mentions, parts of speech."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, union, update

from store.artists import all_names
from store.models import (
    ArtistAliasRow,
    ArtistRow,
    DocumentRow,
    MentionRow,
    MinedDocumentRow,
    WordRow,
)

T = TypeVar("T")

# SQLite allows 32,766 parameters in a statement, PostgreSQL 65,535.
LOOKUP_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class UnreadDocument:
    """A document that mining has to read, and the digest under which its result is kept."""

    id: int
    title: str | None
    text: str
    label: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class DocumentState:
    """A document that counts for mining, what a release depends on, and the digest it was last read under."""

    id: int
    url: str
    digest: str
    title: str | None
    source: str
    published: date | None
    mined_digest: str | None


@dataclass(frozen=True, slots=True)
class MinedDocument:
    """What mining keeps of a document, with the facts of it that weighting needs."""

    id: int
    url: str
    source: str
    published: date | None
    words: int
    tokens: bytes
    sentences: bytes
    digest: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The result of reading a document; `mentions` are rows for the mentions table without document_id."""

    document_id: int
    digest: str
    tokens: bytes
    sentences: bytes
    mentions: Sequence[Mapping[str, Any]]
    musicality: float = 1.0


def document_states(connection: Connection, languages: Collection[str]) -> list[DocumentState]:
    """All documents that count: originals in one of `languages` or of unknown language, in order of id."""
    query = (
        select(
            DocumentRow.id,
            DocumentRow.url,
            DocumentRow.digest,
            DocumentRow.title,
            DocumentRow.source,
            DocumentRow.published,
            MinedDocumentRow.digest.label("mined_digest"),
        )
        .outerjoin(MinedDocumentRow, MinedDocumentRow.document_id == DocumentRow.id)
        .where(_counts(languages))
        .order_by(DocumentRow.id)
    )
    return [DocumentState(*row) for row in connection.execute(query)]


def _counts(languages: Collection[str]) -> Any:  # noqa: ANN401 - a clause of SQLAlchemy
    spoken = or_(DocumentRow.language.is_(None), DocumentRow.language.in_(sorted(languages)))
    return DocumentRow.duplicate_of.is_(None) & spoken


def unread_documents(connection: Connection, digests: Mapping[int, str]) -> list[UnreadDocument]:
    """The texts of the documents in `digests` (id to the digest it will be kept under), in order of id."""
    query = (
        select(DocumentRow.id, DocumentRow.title, DocumentRow.text, DocumentRow.label)
        .where(DocumentRow.id.in_(list(digests)))
        .order_by(DocumentRow.id)
    )
    return [UnreadDocument(*row, digest=digests[row.id]) for row in connection.execute(query)]


def registry_names(connection: Connection) -> list[tuple[int, str]]:
    """Every name and alias of every artist, in order of artist."""
    return sorted((artist, name) for artist, name, _ in all_names(connection))


def namesake_facts(
    connection: Connection,
) -> list[tuple[int, str, str | None, str | None, str | None, str | None]]:
    """Id, key, disambiguation, country, begin and end of the artists that share their key, by id."""
    shared = select(ArtistRow.key).group_by(ArtistRow.key).having(func.count() > 1)
    columns = (ArtistRow.key, ArtistRow.disambiguation, ArtistRow.country, ArtistRow.begin, ArtistRow.end)
    query = select(ArtistRow.id, *columns).where(ArtistRow.key.in_(shared)).order_by(ArtistRow.id)
    return [
        (row.id, row.key, row.disambiguation, row.country, row.begin, row.end)
        for row in connection.execute(query)
    ]


def artists_by_key(connection: Connection, keys: Collection[str]) -> dict[str, list[int]]:
    """The artists whose name, or else alias, has each of these keys; names come before aliases."""
    found: dict[str, list[int]] = {}
    for table, column in ((ArtistRow, ArtistRow.id), (ArtistAliasRow, ArtistAliasRow.artist_id)):
        for chunk in _chunks(sorted(keys)):
            query = select(table.key, column).where(table.key.in_(chunk)).order_by(column)
            for key, artist in connection.execute(query):
                if artist not in found.setdefault(key, []):
                    found[key].append(artist)
    return found


def word_numbers(connection: Connection, words: Collection[str]) -> dict[str, int]:
    """The numbers of `words`; new ones are added, in alphabetical order."""
    wanted = sorted(words)
    known = _known_words(connection, wanted)
    new = [word for word in wanted if word not in known]
    if new:
        connection.execute(insert(WordRow), [{"word": word} for word in new])
        known |= _known_words(connection, new)
    return known


def _known_words(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for chunk in _chunks(words):
        query = select(WordRow.word, WordRow.id).where(WordRow.word.in_(chunk))
        known |= dict(connection.execute(query).all())
    return known


def all_words(connection: Connection) -> dict[int, str]:
    """Every word number and its word."""
    return dict(connection.execute(select(WordRow.id, WordRow.word)).all())


def save_read_documents(connection: Connection, documents: Sequence[ReadDocument]) -> None:
    """Keep the results of reading, in place of earlier results for the same documents."""
    ids = [document.document_id for document in documents]
    if not ids:
        return
    connection.execute(delete(MentionRow).where(MentionRow.document_id.in_(ids)))
    connection.execute(delete(MinedDocumentRow).where(MinedDocumentRow.document_id.in_(ids)))
    connection.execute(insert(MinedDocumentRow), [_mined_row(document) for document in documents])
    mentions = [{"document_id": d.document_id, **m} for d in documents for m in d.mentions]
    if mentions:
        connection.execute(insert(MentionRow), mentions)


def _mined_row(document: ReadDocument) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "digest": document.digest,
        "tokens": document.tokens,
        "sentences": document.sentences,
        "musicality": document.musicality,
    }


def mined_documents(
    connection: Connection, languages: Collection[str], min_musicality: float = 0.0
) -> Iterator[MinedDocument]:
    """The documents of the next release, in order of URL (which does not depend on when they came).

    Those less musical than `min_musicality` are left out, except where a label says whom they are about.
    """
    query = (
        select(
            DocumentRow.id,
            DocumentRow.url,
            DocumentRow.source,
            DocumentRow.published,
            DocumentRow.words,
            MinedDocumentRow.tokens,
            MinedDocumentRow.sentences,
            MinedDocumentRow.digest,
            DocumentRow.added_at,
        )
        .join(MinedDocumentRow, MinedDocumentRow.document_id == DocumentRow.id)
        .where(_counts(languages))
        .where(or_(MinedDocumentRow.musicality >= min_musicality, DocumentRow.label.is_not(None)))
        .order_by(_by_bytes(connection, DocumentRow.url))
    )
    for row in connection.execute(query.execution_options(yield_per=1_000)):
        yield MinedDocument(*row)


def _by_bytes(connection: Connection, column: Any) -> Any:  # noqa: ANN401 - a column of SQLAlchemy
    """The column in an order that is the same on both databases, whatever the server's locale."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def mention_rows(
    connection: Connection,
) -> Iterator[
    tuple[
        int, int, int, int, Literal["subject", "passage", "compared"], int, int, float, int | None, int | None
    ]
]:
    """All mentions: document, artist, then the fields of `nlp.records.Mention` in their order."""
    query = select(
        MentionRow.document_id,
        MentionRow.artist_id,
        MentionRow.start,
        MentionRow.end,
        MentionRow.role,
        MentionRow.first_sentence,
        MentionRow.last_sentence,
        MentionRow.confidence,
        MentionRow.first_token,
        MentionRow.last_token,
    )
    for row in connection.execute(query.execution_options(yield_per=10_000)):
        yield tuple(row)


def parts_of_speech(connection: Connection) -> dict[str, dict[str, int]]:
    """For each tagged word how often it was which part of speech."""
    columns = (WordRow.noun, WordRow.adjective, WordRow.proper, WordRow.verb, WordRow.other)
    query = select(WordRow.word, *columns).where(WordRow.contexts > 0)
    names = [column.key for column in columns]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in connection.execute(query)}


def untagged_words(connection: Connection) -> set[int]:
    """The numbers of words no context of which was tagged yet."""
    return set(connection.execute(select(WordRow.id).where(WordRow.contexts == 0)).scalars())


def save_parts_of_speech(connection: Connection, counts: Mapping[int, Mapping[str, int]]) -> None:
    """Keep what tagging said of words, by word number."""
    rows = [
        {"number": number, "contexts": sum(parts.values()), **{part: parts.get(part, 0) for part in _PARTS}}
        for number, parts in counts.items()
    ]
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in ("contexts", *_PARTS)}
        connection.execute(update(WordRow).where(WordRow.id == bindparam("number")).values(values), rows)


_PARTS = ("noun", "adjective", "proper", "verb", "other")


def document_texts(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """The texts of documents."""
    texts: dict[int, str] = {}
    for chunk in _chunks(sorted(ids)):
        rows = connection.execute(select(DocumentRow.id, DocumentRow.text).where(DocumentRow.id.in_(chunk)))
        texts |= dict(rows.all())
    return texts


def work_titles(connection: Connection) -> list[str]:
    """Titles of works: those reviewed, and the titles of labelled documents other than the label."""
    titles = select(DocumentRow.title).where(
        DocumentRow.title.is_not(None), DocumentRow.label.is_not(None), DocumentRow.title != DocumentRow.label
    )
    reviewed = select(DocumentRow.reviewed_work).where(DocumentRow.reviewed_work.is_not(None))
    return sorted({title for (title,) in connection.execute(union(titles, reviewed)) if title})


def registry_size(connection: Connection) -> int:
    """Artists in the registry."""
    return connection.execute(select(func.count()).select_from(ArtistRow)).scalar_one()


def _chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(values), LOOKUP_CHUNK):
        yield values[start : start + LOOKUP_CHUNK]
