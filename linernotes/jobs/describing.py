"""Of the release: the descriptors of its artists, with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.material import Material, own_text
from linernotes.jobs.mining import MiningSettings
from nlp.evidence import Evidence, choose_evidence
from nlp.facets import facet_of
from nlp.terms import TermCounts, find_terms, own_name_terms, word_classes
from nlp.weights import NO_DAY, DocumentFacts, Weighted, weigh
from nlp.worth import term_worth
from store.mining import MinedDocument

EPOCH = date(1970, 1, 1)
# Facets whose words are let in although they are written like names: Britpop, Manchester.
_NAMED_FACETS = frozenset({"genre", "place", "era"})


@dataclass(frozen=True, slots=True)
class Described:
    """The descriptors of all artists."""

    counts: TermCounts
    weighted: Weighted
    evidence: Evidence
    facets: tuple[str, ...]


def used_terms(described: Described) -> NDArray[np.int64]:
    """The terms that describe at least one artist."""
    return np.unique(described.weighted.term)


def describe(
    material: Material, parts_of_speech: dict[str, dict[str, int]], settings: MiningSettings
) -> Described:
    """Make the descriptors and choose their evidence."""
    corpus, artists = material.corpus, len(material.artists)
    spans = own_text(material.spans, artists)
    classes = word_classes(corpus, parts_of_speech)  # type: ignore[arg-type]  # the columns are the parts
    named = {word for word in corpus.words if facet_of(word) in _NAMED_FACETS}
    counts = find_terms(corpus, spans, classes, fewest_artists=2, admitted_names=named)
    counts = material.editing.terms(counts, spans, material.artists)
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
    days = [(d.published - EPOCH).days if d.published else NO_DAY for d in documents]
    return DocumentFacts(source.astype(np.int64), np.array(days, dtype=np.int64))
