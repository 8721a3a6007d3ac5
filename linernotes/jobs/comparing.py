"""Of the release: the sentences in which writers compare one artist with another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from linernotes.jobs.material import Material
from nlp.sentences import sentence_of

# Sentences kept of each pair; a reader of an explanation looks at two or three.
PER_PAIR = 3


def comparison_rows(material: Material) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield subject, artist it is compared with, document, and first and last character of the sentence.

    One sentence of a document for each pair, in order of document, and at most PER_PAIR documents.
    """
    spans, corpus = material.spans, material.corpus
    about = defaultdict[int, list[int]](list)
    for artist, document in zip(
        spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True
    ):
        about[document].append(artist)
    kept = Counter[tuple[int, int]]()
    seen: set[tuple[int, int, int]] = set()
    compared = spans.only(spans.compared)
    sentences = corpus.sentences[sentence_of(corpus, compared.first), 1:].tolist()
    for number in np.lexsort((compared.first, compared.document)).tolist():
        other, document = int(compared.artist[number]), int(compared.document[number])
        start, end = sentences[number]
        for artist in about[document]:
            if artist == other or (artist, other, document) in seen or kept[artist, other] >= PER_PAIR:
                continue
            seen.add((artist, other, document))
            kept[artist, other] += 1
            yield (
                int(material.artists[artist]),
                int(material.artists[other]),
                material.documents[document].id,
                start,
                end,
            )
