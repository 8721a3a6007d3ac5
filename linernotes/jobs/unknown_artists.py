"""Of the release: names that writers treat as artists and the registry lacks, with their evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.jobs.material import Material
from nlp.candidates import PART_SHARE, Candidates, find_candidates
from nlp.capitals import name_words
from nlp.corpus import Corpus
from nlp.facets import DESCRIPTIVE_FACETS, facet_of
from nlp.written_names import WrittenName, written_name
from store.mining import document_texts, work_titles
from store.names import registry_key

# Candidates kept in a release. On the dev texts, of those around the 500th, the 1,000th and the 2,000th place
# five in six are artists still.
MOST_CANDIDATES = 2_000
# What is looked at in the texts to have so many left: on the dev texts a third is another spelling of a
# registered name, a title, or a part of a name.
_LOOKED_AT = 3 * MOST_CANDIDATES
MOST_SENTENCES = 3
# Sentences in which the spelling of a name is looked up.
_SAMPLED = 12
# Names that stand in quotation marks so often are titles.
_QUOTED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class UnknownArtists:
    """Rows of release_candidates and of release_candidate_evidence."""

    candidates: list[Sequence[Any]]
    evidence: list[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence of a document (row, and characters) in which a candidate stands."""

    document: int
    start: int
    end: int


_Written = list[tuple[_Place, WrittenName]]


def find_unknown_artists(connection: Connection, material: Material) -> UnknownArtists:
    """Find the names, look up how they are written, and leave out what the registry has in other words."""
    registered = [name for _, name in material.editing.names(connection)]
    source = np.unique([document.source for document in material.documents], return_inverse=True)[1]
    found = find_candidates(
        material.corpus,
        source.astype(np.int64),
        registered=registered,
        titles=work_titles(connection),
        limit=_LOOKED_AT,
    )
    documents = [_documents(material.corpus, positions) for positions in _positions(found)]
    places = [
        _places(material.corpus, source, positions, rows)
        for positions, rows in zip(_positions(found), documents, strict=True)
    ]
    written = _written(material.corpus, found, places, _texts(connection, material, places))
    names = _names(material, written, documents, {registry_key(name) for name in registered})
    return _rows(material, found, documents, islice(names, MOST_CANDIDATES))


def _names(
    material: Material,
    written: Iterable[_Written],
    documents: Sequence[NDArray[np.int64]],
    taken: set[str],
) -> Iterator[tuple[int, str, _Written]]:
    """The candidates that stay: number, name and where it stands; `taken` are keys of names."""
    longer = _LongerNames(material)
    for number, places in enumerate(written):
        name = _usual_name(places)
        if name and registry_key(name) not in taken and not longer.explain(name, documents[number]):
            taken.add(registry_key(name))
            yield number, name, places


def _rows(
    material: Material,
    found: Candidates,
    documents: Sequence[NDArray[np.int64]],
    names: Iterable[tuple[int, str, _Written]],
) -> UnknownArtists:
    unknown = UnknownArtists([], [])
    for number, name, places in names:
        unknown.candidates.append(_candidate_row(material, found, number, name, documents[number]))
        unknown.evidence.extend(
            (name, material.documents[place.document].id, place.start, place.end)
            for place, _ in places[:MOST_SENTENCES]
        )
    return unknown


def _positions(found: Candidates) -> Iterator[NDArray[np.int64]]:
    for first, last in zip(found.bounds[:-1].tolist(), found.bounds[1:].tolist(), strict=True):
        yield found.position[first:last]


def _documents(corpus: Corpus, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    documents: NDArray[np.int64] = np.searchsorted(corpus.bounds, positions, side="right") - 1
    return documents


def _places(
    corpus: Corpus, source: NDArray[np.int64], positions: NDArray[np.int64], rows: NDArray[np.int64]
) -> list[_Place]:
    """Sentences that name a candidate, one of a document, first one of each source, then the others."""
    documents, first = np.unique(rows, return_index=True)
    seen: Counter[int] = Counter()
    turns = []
    for document in documents.tolist():
        turns.append(seen[source[document]])
        seen[source[document]] += 1
    order = np.argsort(turns, kind="stable")[:_SAMPLED].tolist()
    return [_sentence(corpus, int(documents[each]), int(positions[first[each]])) for each in order]


def _sentence(corpus: Corpus, document: int, position: int) -> _Place:
    rows = corpus.sentences[corpus.sentence_bounds[document] : corpus.sentence_bounds[document + 1]]
    row = int(np.searchsorted(rows[:, 0], position - corpus.bounds[document], side="right")) - 1
    return _Place(document, int(rows[row, 1]), int(rows[row, 2]))


def _texts(connection: Connection, material: Material, places: Iterable[Iterable[_Place]]) -> dict[int, str]:
    rows = sorted({place.document for each in places for place in each})
    id_of = {row: material.documents[row].id for row in rows}
    texts = document_texts(connection, id_of.values())
    return {row: texts.get(number, "") for row, number in id_of.items()}


def _written(
    corpus: Corpus, found: Candidates, places: Sequence[Sequence[_Place]], texts: Mapping[int, str]
) -> Iterator[_Written]:
    for number, each in enumerate(places):
        first = int(found.bounds[number])
        words = _words(corpus, int(found.position[first]), int(found.length[first]))
        names = [
            (place, written_name(texts[place.document][place.start : place.end], words)) for place in each
        ]
        yield [(place, name) for place, name in names if name is not None]


def _words(corpus: Corpus, position: int, length: int) -> list[str]:
    numbers = corpus.codes[position : position + length] >> 2
    return [corpus.words[number] for number in numbers.tolist() if number]


def _usual_name(written: _Written) -> str | None:
    """The spelling that most sentences use; None for what is no artist: a title, a genre, a town."""
    if not written or sum(name.quoted for _, name in written) >= _QUOTED_SHARE * len(written):
        return None
    counts = Counter(name.text for _, name in written)
    usual = min(counts, key=lambda name: (-counts[name], name))
    return None if facet_of(usual.lower()) in DESCRIPTIVE_FACETS else usual


class _LongerNames:
    """The artists' names of several words, for telling short forms of them from names of their own."""

    def __init__(self, material: Material) -> None:
        self._spans = material.spans
        self._names: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for artist, name in material.names:
            words = tuple(name_words(name))
            for word in set(words) if len(words) > 1 else ():
                self._names[word].append((artist, words))

    def explain(self, name: str, documents: NDArray[np.int64]) -> bool:
        """Whether most of the documents are about, or name, an artist of whose name this one is a part."""
        artists = self._short_for(tuple(name_words(name)))
        if not artists:
            return False
        named = self._spans.document[np.isin(self._spans.artist, artists)]
        return bool(np.isin(np.unique(documents), named).mean() > PART_SHARE)

    def _short_for(self, words: tuple[str, ...]) -> list[int]:
        size = len(words)
        return [
            artist
            for artist, longer in self._names.get(words[0] if words else "", ())
            if any(longer[start : start + size] == words for start in range(len(longer) - size + 1))
            and longer != words
        ]


def _candidate_row(
    material: Material, found: Candidates, number: int, name: str, documents: NDArray[np.int64]
) -> Sequence[Any]:
    rows = np.unique(documents).tolist()
    days = [day for row in rows if (day := material.documents[row].published) is not None]
    return (
        name,
        round(float(found.score[number]), 6),
        int(found.mentions[number]),
        int(found.documents[number]),
        int(found.sources[number]),
        min(days, default=None),
        max(days, default=None),
    )
