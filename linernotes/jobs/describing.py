"""Of the release: the descriptors of its artists, with their evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.learning import Learned
from linernotes.jobs.material import Material, own_text
from linernotes.jobs.mining import MiningSettings
from nlp.corpus import Spans
from nlp.evidence import Evidence, choose_evidence
from nlp.facets import Facet, facet_of, lexicon
from nlp.furniture import is_furniture, is_of_calendar, said_of_everybody
from nlp.inference import INFERRED_FACETS, Neighbours, look_nearby, neighbours_asked
from nlp.listed import uses_of_listed
from nlp.negation import negated
from nlp.neighbours import nearest
from nlp.support import NO_DAY, DocumentFacts, exposure, find_support, usual_share
from nlp.tagging import PARTS_OF_SPEECH
from nlp.terms import TermCounts, find_terms, own_name_terms, word_classes
from nlp.variants import merge_variants
from nlp.weights import Weighted, weigh
from nlp.worth import listed_terms, term_worth
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
    facets: tuple[Facet, ...]


def used_terms(described: Described) -> NDArray[np.int64]:
    """The terms that describe at least one artist."""
    return np.unique(described.weighted.term)


def describe(
    material: Material,
    parts_of_speech: dict[str, dict[str, int]],
    learned: Learned,
    settings: MiningSettings,
) -> Described:
    """Make the descriptors, from own texts and from similar artists, and choose their evidence."""
    spans = own_text(material.spans, len(material.artists))
    denied = negated(material.corpus)
    counts, facets = _terms(material, spans, denied, parts_of_speech)
    facts = _facts(material.documents)
    weighted = _weighted(material, spans, learned, settings, denied=denied, counts=counts, facets=facets)
    evidence = choose_evidence(
        material.corpus,
        spans,
        counts,
        facts,
        weighted,
        terms=settings.evidence_terms,
        sentences=settings.evidence_sentences,
        names=material.names,
        about_others=material.spans.only(~material.spans.subject).covered(len(material.corpus.codes)),
    )
    return Described(counts, weighted, evidence, facets)


def _weighted(
    material: Material,
    spans: Spans,
    learned: Learned,
    settings: MiningSettings,
    *,
    denied: NDArray[np.bool_],
    counts: TermCounts,
    facets: tuple[Facet, ...],
) -> Weighted:
    corpus, facts = material.corpus, _facts(material.documents)
    own = own_name_terms(counts.terms, facets, material.names)
    support = find_support(corpus, counts, spans, facts, excluded=own)
    exposed = exposure(spans, facts, len(material.artists))
    usual = usual_share(support, exposed, terms=len(counts.terms))
    number = {term: n for n, term in enumerate(counts.terms) if facets[n] in INFERRED_FACETS}
    refused = uses_of_listed(corpus, spans, {term: facets[n] for term, n in number.items()}, denied)
    blocked = _blocked(material, number)
    barred = own | blocked | {(artist, number[term]) for artist, term in refused}
    neighbours = Neighbours(learned.rows, *nearest(learned.vectors, neighbours_asked(len(learned.rows))))
    nearby = look_nearby(support, exposed, usual, facets, neighbours, barred=barred)
    worth = term_worth(corpus, counts.terms, facets)
    return weigh(support, nearby, settings.weights, exposure=exposed, usual=usual, worth=worth)


def _blocked(material: Material, number: Mapping[str, int]) -> frozenset[tuple[int, int]]:
    """The pairs (artist row, term number) that an editor blocks, which must not be inferred either."""
    return frozenset(
        (row, number[term])
        for row, artist in enumerate(material.artists.tolist())
        for term in material.editing.blocked_for(artist)
        if term in number
    )


def _terms(
    material: Material,
    spans: Spans,
    denied: NDArray[np.bool_],
    parts_of_speech: dict[str, dict[str, int]],
) -> tuple[TermCounts, tuple[Facet, ...]]:
    """The terms, without what is denied or furniture; spellings counted as one."""
    corpus = material.corpus
    classes = word_classes(corpus, parts_of_speech)  # type: ignore[arg-type]  # the columns are the parts
    unlike = _unlike_descriptions(corpus.words, classes, parts_of_speech)
    counts = find_terms(
        corpus,
        spans,
        classes,
        fewest_artists=2,
        admitted_names={word for word in corpus.words if _may_be_a_name(word) and word not in unlike},
        listed={term: facet_of(term) for term in sorted((listed_terms() | lexicon("other")) - unlike)},
        silent=denied,
    )
    counts = material.editing.terms(counts, spans, material.artists)
    counts, facets = merge_variants(counts, tuple(facet_of(term) for term in counts.terms))
    pairs = np.unique(spans.artist[counts.span] * len(counts.terms) + counts.term)
    used_of = np.bincount(pairs % max(len(counts.terms), 1), minlength=len(counts.terms))
    idle = is_furniture(counts.terms) | said_of_everybody(used_of, facets, len(np.unique(spans.artist)))
    return counts.only(~idle), facets


def _unlike_descriptions(
    words: Sequence[str], classes: NDArray[np.int8], parts_of_speech: Mapping[str, object]
) -> frozenset[str]:
    """Words of the lexicon that the tagger takes for a pronoun, an adverb or the like: "us", "pretty".

    A genre is one all the same: "rockabilly" looks like an adverb.
    """
    other = PARTS_OF_SPEECH.index("other")
    tagged = (word for word, c in zip(words, classes.tolist(), strict=True) if c == other)
    return frozenset(word for word in tagged if word in parts_of_speech and facet_of(word) != "genre")


def _may_be_a_name(word: str) -> bool:
    return facet_of(word) in _NAMED_FACETS and not is_of_calendar(word)


def _facts(documents: Sequence[MinedDocument]) -> DocumentFacts:
    source = np.unique([document.source for document in documents], return_inverse=True)[1]
    days = [(d.published - EPOCH).days if d.published else NO_DAY for d in documents]
    return DocumentFacts(source.astype(np.int64), np.array(days, dtype=np.int64))
