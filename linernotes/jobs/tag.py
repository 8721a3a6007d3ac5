"""The second stage of mining: tag words that became frequent, in sampled contexts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from linernotes.jobs.mining import MineEvent, OnEvent
from nlp.corpus import Corpus
from nlp.tagging import CONTEXT_WORDS, CONTEXTS, FEWEST_OCCURRENCES, Context, tag_words
from nlp.tokens import Case, raw_words
from store.mining import document_texts, save_parts_of_speech, word_numbers

# Words tagged in one transaction: the work that a killed run repeats.
BATCH = 4_000


def tag_new_words(
    engine: Engine,
    corpus: Corpus,
    document_ids: Sequence[int],
    tagged: Mapping[str, object],
    on_event: OnEvent,
) -> int:
    """Tag the words of the corpus that occur often enough and were never tagged; return how many.

    Which contexts are looked at depends on the corpus alone, so that an interrupted run ends the same.
    """
    places = _places(corpus, tagged)
    words = sorted(places)
    for start in range(0, len(words), BATCH):
        batch = words[start : start + BATCH]
        contexts = _contexts(engine, corpus, document_ids, {word: places[word] for word in batch})
        parts = tag_words(contexts)
        with engine.begin() as connection:
            numbers = word_numbers(connection, {corpus.words[word] for word in batch})
            untagged = {numbers[corpus.words[word]]: {"other": 1} for word in batch}
            found = {
                numbers[word]: {str(part): n for part, n in counts.items()} for word, counts in parts.items()
            }
            save_parts_of_speech(connection, untagged | found)
        on_event(MineEvent("tag", min(start + BATCH, len(words)), len(words)))
    return len(words)


def _places(corpus: Corpus, tagged: Mapping[str, object]) -> dict[int, NDArray[np.int64]]:
    """The positions to look at for each word that needs it: spread evenly over its occurrences."""
    numbers = corpus.numbers
    lower = np.flatnonzero((numbers > 0) & (corpus.cases == Case.LOWER))
    order = lower[np.argsort(numbers[lower], kind="stable")]
    words, starts, counts = np.unique(numbers[order], return_index=True, return_counts=True)
    chosen = {}
    for word, start, count in zip(words.tolist(), starts.tolist(), counts.tolist(), strict=True):
        if count >= FEWEST_OCCURRENCES and corpus.words[word] not in tagged:
            chosen[word] = order[start + np.linspace(0, count - 1, CONTEXTS).astype(np.int64)]
    return chosen


def _contexts(
    engine: Engine, corpus: Corpus, document_ids: Sequence[int], places: Mapping[int, NDArray[np.int64]]
) -> list[Context]:
    by_document: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for word, positions in places.items():
        for position, document in zip(
            positions.tolist(),
            (np.searchsorted(corpus.bounds, positions, side="right") - 1).tolist(),
            strict=True,
        ):
            by_document[document].append((word, position))
    with engine.begin() as connection:
        texts = document_texts(connection, {document_ids[document] for document in by_document})
    contexts = []
    for document in sorted(by_document):
        for word, position in by_document[document]:
            context = _context(corpus, document, texts[document_ids[document]], word, position)
            if context:
                contexts.append(context)
    return contexts


def _context(corpus: Corpus, document: int, text: str, word: int, position: int) -> Context | None:
    """The words around a position, as written."""
    left, right = corpus.sentence_bounds[document : document + 2]
    sentences = corpus.sentences[left:right]
    token = position - int(corpus.bounds[document])
    sentence = sentences[np.searchsorted(sentences[:, 0], token, side="right") - 1]
    written, folded = raw_words(text[int(sentence[1]) : int(sentence[2])])
    index = token - int(sentence[0])
    if index >= len(folded) or folded[index] != corpus.words[word]:
        return None  # the text changed after it was read; the next run reads it again
    first = max(0, index - CONTEXT_WORDS)
    return Context(corpus.words[word], tuple(written[first : index + CONTEXT_WORDS + 1]), index - first)
