"""The first stage of mining: read new documents, once each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from linernotes.jobs.editing import Editing
from linernotes.jobs.mining import MineEvent, MiningSettings, OnEvent
from nlp.corpus import encode_sentences, encode_words
from nlp.gazetteer import Gazetteer
from nlp.musicality import musicality
from nlp.namesakes import ArtistFacts, Namesakes
from nlp.records import RegisteredName
from nlp.subjects import LinkedText, link
from nlp.tokens import TokenizedText, tokenize
from store.mining import (
    DocumentState,
    ReadDocument,
    UnreadDocument,
    artists_by_key,
    document_states,
    namesake_facts,
    save_read_documents,
    unread_documents,
    word_numbers,
)
from store.names import registry_key

# Changes whenever reading gives other results for the same text; all documents are then read again.
READER_VERSION = "3"
# Documents in one transaction: a killed run repeats at most these. 250 texts take about half a second.
BATCH = 250


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: documents that count, those read now, their words, and labels that name no artist."""

    states: tuple[DocumentState, ...]
    registry_digest: str
    read: int
    words: int
    unlinked_labels: tuple[str, ...]


def read_documents(engine: Engine, settings: MiningSettings, editing: Editing, on_event: OnEvent) -> Reading:
    """Read the documents that are new or changed, or all of them after a change of the registry.

    Each batch is one transaction: its words, mentions and the mark that it was read. A run that was killed
    goes on behind the last batch.
    """
    with engine.begin() as connection:
        names = editing.names(connection)
        facts = known_namesakes(connection, names)
        states = document_states(connection, settings.languages)
    registry = _digest(iter((*(f"{artist}\t{name}" for artist, name in names), *map(repr, facts))))
    unread = {
        state.id: digest for state in states if (digest := _wanted(state, registry)) != state.mined_digest
    }
    words, unlinked = 0, set[str]()
    if unread:
        registered = Registered(Gazetteer(RegisteredName(*name) for name in names), Namesakes(facts))
        done = 0
        for batch in _batches(unread):
            with engine.begin() as connection:
                result = _read_batch(connection, registered, editing, batch)
            words += result.words
            unlinked |= result.unlinked
            done += len(batch)
            on_event(MineEvent("read", done, len(unread)))
    return Reading(tuple(states), registry, len(unread), words, tuple(sorted(unlinked)))


@dataclass(frozen=True, slots=True)
class Registered:
    """The registry as reading needs it: whose name is what, and what tells artists of one name apart."""

    gazetteer: Gazetteer
    namesakes: Namesakes


def known_namesakes(connection: Connection, names: Sequence[tuple[int, str]]) -> list[ArtistFacts]:
    """What the registry knows of the artists that share their name with another, in order of id."""
    rows = namesake_facts(connection)
    keys = {artist: key for artist, key, *_ in rows}
    others: dict[int, list[str]] = {}
    for artist, name in names:
        if artist in keys and registry_key(name) != keys[artist]:
            others.setdefault(artist, []).append(name)
    return [
        ArtistFacts(artist, disambiguation, country, begin, end, tuple(others.get(artist, ())))
        for artist, _, disambiguation, country, begin, end in rows
    ]


def _digest(parts: Iterator[str]) -> str:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode() + b"\0")
    return sha.hexdigest()


def _wanted(state: DocumentState, registry: str) -> str:
    return _digest(iter((READER_VERSION, registry, state.digest, state.title or "")))


def _batches(unread: Mapping[int, str]) -> Iterator[dict[int, str]]:
    items = list(unread.items())
    for start in range(0, len(items), BATCH):
        yield dict(items[start : start + BATCH])


@dataclass(frozen=True, slots=True)
class _BatchResult:
    words: int
    unlinked: set[str]


def _read_batch(
    connection: Connection, registered: Registered, editing: Editing, batch: Mapping[int, str]
) -> _BatchResult:
    documents = unread_documents(connection, batch)
    labelled = _labelled(connection, editing, documents)
    tokenized = [tokenize(document.text) for document in documents]
    numbers = word_numbers(connection, {word for text in tokenized for word in text.words if word})
    save_read_documents(
        connection,
        [
            _read(document, text, registered, labelled.get(document.label or "", ()), numbers)
            for document, text in zip(documents, tokenized, strict=True)
        ],
    )
    words = sum(word is not None for text in tokenized for word in text.words)
    return _BatchResult(words, {d.label for d in documents if d.label and d.label not in labelled})


def _labelled(
    connection: Connection, editing: Editing, documents: Sequence[UnreadDocument]
) -> dict[str, tuple[int, ...]]:
    """The artists whose name each label is; where several share it, the text must choose."""
    keys = {document.label: registry_key(document.label) for document in documents if document.label}
    artists = artists_by_key(connection, set(keys.values()))
    found = {label: tuple(artists.get(key, ())) or editing.labelled(label) for label, key in keys.items()}
    return {label: artist for label, artist in found.items() if artist}


def _read(
    document: UnreadDocument,
    text: TokenizedText,
    registered: Registered,
    labelled: tuple[int, ...],
    numbers: Mapping[str, int],
) -> ReadDocument:
    linked = link_text(registered, document.title, document.text, text, labelled)
    codes = encode_words([numbers[word] if word else 0 for word in text.words], text.cases)
    mentions: list[dict[str, Any]] = [asdict(mention) for mention in linked.mentions]
    return ReadDocument(
        document.id,
        document.digest,
        codes,
        encode_sentences(text.sentences),
        mentions,
        text_musicality(document.title, text),
    )


def link_text(
    registered: Registered,
    title: str | None,
    written: str,
    text: TokenizedText,
    labelled: Sequence[int] = (),
) -> LinkedText:
    """Link a text; of the artists that its label may name, `labelled`, the one its words speak for."""
    choose = registered.namesakes.in_text(written, title)
    return link(
        registered.gazetteer,
        title=title,
        text=written,
        sentences=text.sentences,
        labelled=(choose(labelled),) if labelled else (),
        choose=choose,
    )


def text_musicality(title: str | None, text: TokenizedText) -> float:
    """Return how probably a text with its title is about music, to three decimals."""
    named = tokenize(title).words if title else ()
    return round(musicality([*named, *text.words]), 3)
