"""What mining would see in one text: artists and terms. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import Connection

from linernotes.jobs.read import Registered, known_namesakes, link_text, text_musicality
from nlp.corpus import Corpus, build_corpus, build_spans, encode_sentences, encode_words
from nlp.facets import Facet, facet_of
from nlp.gazetteer import DOUBTFUL, Gazetteer
from nlp.namesakes import Namesakes
from nlp.records import Mention, RegisteredName
from nlp.subjects import LinkedText
from nlp.tagging import CONTEXT_WORDS, Context, tag_words
from nlp.terms import find_terms, own_name_terms, word_classes
from nlp.tokens import TokenizedText, raw_words, tokenize
from nlp.worth import term_worth
from store.inspected import artist_names
from store.mining import artists_by_key, parts_of_speech, registry_names
from store.names import registry_key
from store.records import Document

# Facets whose words are let in although they are written like names, as in `linernotes.jobs.describing`.
_NAMED_FACETS = frozenset({"genre", "place", "era"})
TERMS = 15


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term that a text would contribute, how often it stands there, and what it is worth, 0 to 1."""

    term: str
    facet: Facet
    frequency: int
    worth: float


@dataclass(frozen=True, slots=True)
class ReadText:
    """Whom a text is about, whom it mentions, how likely it is about music, and its most telling terms."""

    subjects: tuple[str, ...]
    mentions: tuple[str, ...]
    musicality: float
    terms: tuple[FoundTerm, ...]

    @property
    def names_an_artist(self) -> bool:
        """Whether there is anybody to whom the text could contribute."""
        return bool(self.subjects or self.mentions)


class TextReader:
    """Reads texts with the registry and the words of a database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _names(self) -> list[tuple[int, str]]:
        return registry_names(self._connection)

    @cached_property
    def _registered(self) -> Registered:
        gazetteer = Gazetteer(RegisteredName(*name) for name in self._names)
        return Registered(gazetteer, Namesakes(known_namesakes(self._connection, self._names)))

    @cached_property
    def _parts(self) -> dict[str, dict[str, int]]:
        return parts_of_speech(self._connection)

    def read(self, document: Document) -> ReadText:
        """Return what mining would see in a document."""
        tokens = tokenize(document.text)
        labelled = self._labelled(document.label)
        linked = link_text(self._registered, document.title, document.text, tokens, labelled)
        subjects = linked.subjects
        others = {m.artist_id for m in linked.mentions if m.confidence >= DOUBTFUL} - set(subjects)
        names = artist_names(self._connection, {*subjects, *others})
        return ReadText(
            tuple(names[artist] for artist in subjects),
            tuple(sorted(names[artist] for artist in others)),
            text_musicality(document.title, tokens),
            tuple(self._terms(document.text, tokens, linked)),
        )

    def _labelled(self, label: str | None) -> tuple[int, ...]:
        found = artists_by_key(self._connection, {registry_key(label)}) if label else {}
        return tuple(artist for artists in found.values() for artist in artists)

    def _terms(self, text: str, tokens: TokenizedText, linked: LinkedText) -> list[FoundTerm]:
        corpus = _corpus_of(tokens)
        whole = Mention(0, -1, -1, "subject", 0, max(0, len(tokens.sentences) - 1), 1.0)
        classes = word_classes(corpus, self._tagged(text, tokens))  # type: ignore[arg-type]  # parts of speech
        named = {word for word in corpus.words if facet_of(word) in _NAMED_FACETS}
        spans = build_spans(corpus, [(0, 0, whole)])
        counts = find_terms(corpus, spans, classes, fewest_artists=1, admitted_names=named)
        facets = [facet_of(term) for term in counts.terms]
        worth = term_worth(corpus, counts.terms, facets)
        frequency = np.bincount(counts.term, minlength=len(counts.terms))
        own = {term for _, term in own_name_terms(counts.terms, facets, self._names_of(linked))}
        order = np.argsort(-worth * frequency, kind="stable")[: TERMS + len(own)].tolist()
        return [
            FoundTerm(counts.terms[n], facets[n], int(frequency[n]), float(worth[n]))
            for n in order
            if n not in own
        ][:TERMS]

    def _names_of(self, linked: LinkedText) -> Iterator[tuple[int, str]]:
        about = set(linked.subjects)
        return ((0, name) for artist, name in self._names if artist in about)

    def _tagged(self, text: str, tokens: TokenizedText) -> Mapping[str, Mapping[str, int]]:
        """The parts of speech of the words of a text: those known, or what the tagger makes of them here."""
        known = {word: self._parts[word] for word in tokens.words if word and word in self._parts}
        found = tag_words(_first_contexts(text, tokens, known))
        return known | {word: {str(part): n for part, n in counts.items()} for word, counts in found.items()}


def _corpus_of(tokens: TokenizedText) -> Corpus:
    words = dict(enumerate(sorted({word for word in tokens.words if word}), start=1))
    numbers = {word: number for number, word in words.items()}
    codes = encode_words([numbers[word] if word else 0 for word in tokens.words], tokens.cases)
    return build_corpus([(codes, encode_sentences(tokens.sentences))], words)


def _first_contexts(text: str, tokens: TokenizedText, known: Mapping[str, object]) -> Iterator[Context]:
    """The first place of each word that was never tagged, as written there."""
    seen = set(known)
    for _, start, end in tokens.sentences.tolist():
        written, folded = raw_words(text[start:end])
        for place, word in enumerate(folded):
            if word is not None and word not in seen:
                seen.add(word)
                first = max(0, place - CONTEXT_WORDS)
                yield Context(word, tuple(written[first : place + CONTEXT_WORDS + 1]), place - first)
