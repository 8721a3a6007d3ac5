"""From words to one vector an artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.vectors import (
    Part,
    VectorSettings,
    latent,
    reduced,
    side_by_side,
    text_matrix,
    tfidf,
    word2vec_rows,
)
from nlp.word2vec import Word2VecSettings, train_word2vec
from tests.nlp.small_corpora import About, all_true, read

SMALL = replace(
    VectorSettings(),
    fewest_artists=2,
    largest_share=0.9,
    lsa_dimensions=4,
    passage_dimensions=3,
    company_dimensions=3,
    dimensions=5,
)
WORDS = replace(Word2VecSettings(), dimensions=12, epochs=5, fewest_occurrences=2)
GUITARS = [
    "Walls of reverb and fuzz guitars bury the whispered vocals, dreamy and loud.",
    "Dreamy vocals drown in reverb; the fuzz guitars are loud and blurred.",
    "Loud fuzz guitars, blurred vocals, reverb everywhere, dreamy as ever.",
]
MACHINES = [
    "A drum machine stutters under cold synths and a glitchy bass line.",
    "Glitchy beats from a drum machine, cold synths, an icy bass line.",
    "Cold bass line, icy synths, and a drum machine that stutters.",
]
TEXTS = [About(artist, text) for artist, text in enumerate(GUITARS + MACHINES)]
UNLIKE = [(row, other) for row in range(3) for other in range(3, 6)]


def vectors(texts: Sequence[About], size: int, settings: VectorSettings = SMALL) -> NDArray[np.float32]:
    """Texts and words, joined; nobody is named beside anybody."""
    corpus, spans = read(texts)
    fit = all_true(size)
    text = text_matrix(corpus, spans, fit, settings=settings)
    words = word2vec_rows(corpus, spans, train_word2vec(corpus, WORDS), fit, settings=settings)
    parts = [
        Part("lsa", latent(text, fit, dimensions=settings.lsa_dimensions, settings=settings), 1.0),
        Part("word2vec", words, 0.5),
    ]
    return reduced(side_by_side(parts), fit, dimensions=settings.dimensions)


def lengths(rows: NDArray[np.float32]) -> list[float]:
    return np.linalg.norm(rows, axis=1).tolist()


def test_every_artist_with_text_has_a_unit_vector() -> None:
    rows = vectors(TEXTS, 6)
    assert rows.dtype == np.float32
    assert rows.shape[0] == 6
    assert rows.shape[1] <= SMALL.dimensions
    assert lengths(rows) == pytest.approx([1] * 6, abs=1e-5)


def test_artists_with_like_texts_are_nearer_than_artists_with_unlike_texts() -> None:
    rows = vectors(TEXTS, 6)
    like = min(rows[a] @ rows[b] for a, b in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)])
    assert like > max(rows[a] @ rows[b] for a, b in UNLIKE)


def test_the_same_input_gives_the_same_vectors_bit_for_bit() -> None:
    assert np.array_equal(vectors(TEXTS, 6), vectors(TEXTS, 6))


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        ([], 0),
        ([], 2),
        ([About(0, GUITARS[0])], 1),
        ([About(0, GUITARS[0]), About(1, MACHINES[0])], 2),
        ([About(0, GUITARS[0]), About(1, GUITARS[0])], 2),
        ([About(artist, GUITARS[0]) for artist in range(4)], 4),
        ([About(0, "the of and"), About(1, "it was")], 2),
        ([About(0, "…")], 1),
    ],
    ids=["nothing", "no text", "one", "two unlike", "two alike", "all alike", "stop words", "no words"],
)
@pytest.mark.parametrize(
    "settings", [SMALL, VectorSettings(), replace(SMALL, fewest_artists=1, largest_share=1.0)]
)
def test_the_smallest_corpora_give_rows_of_length_one_or_next_to_zero(
    texts: list[About], size: int, settings: VectorSettings
) -> None:
    rows = vectors(texts, size, settings)
    assert rows.shape[0] == size
    assert all(
        length == pytest.approx(0, abs=1e-5) or length == pytest.approx(1, abs=1e-4)
        for length in lengths(rows)
    )


def test_an_artist_without_text_has_a_zero_row() -> None:
    assert lengths(vectors(TEXTS, 7))[6] == pytest.approx(0, abs=1e-6)


def test_tfidf_is_sublinear_smooth_and_leaves_out_rare_and_ubiquitous_terms() -> None:
    counts = sp.csr_matrix(
        np.array([[1, 4, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 9]], dtype=np.float32)
    )
    settings = replace(SMALL, fewest_artists=2, largest_share=0.5)
    matrix, kept = tfidf(counts, np.array([True, True, True, False]), settings)
    assert kept.tolist() == [False, True, False, False]
    idf = (np.log(4 / 3) + 1) ** settings.idf_power
    assert matrix.toarray().ravel() == pytest.approx([(1 + np.log(4)) * idf, idf, 0, 0])


def test_artists_that_do_not_shape_the_space_are_placed_in_it() -> None:
    corpus, spans = read([*TEXTS, About(6, "Dreamy fuzz guitars and reverb.")])
    fit = np.arange(7) < 6
    text = text_matrix(corpus, spans, fit, settings=SMALL)
    rows = latent(text, fit, dimensions=2, settings=SMALL)
    assert rows[6] @ rows[0] > rows[6] @ rows[4]
    alone = text_matrix(*read(TEXTS), all_true(6), settings=SMALL)
    assert text.shape[1] == alone.shape[1]


def test_the_parts_of_a_vector_count_by_their_shares() -> None:
    one, other = np.eye(2, dtype=np.float32), np.ones((2, 1), dtype=np.float32)
    near = side_by_side([Part("a", one, 0.2), Part("b", other, 1.0)])
    far = side_by_side([Part("a", one, 1.0), Part("b", other, 0.2)])
    assert near[0] @ near[1] > 0.9
    assert far[0] @ far[1] < 0.1


def test_reducing_dimensions_keeps_who_is_near_whom() -> None:
    rng = np.random.default_rng(3)
    groups = np.repeat(rng.normal(size=(4, 30)), 10, axis=0)
    rows = (groups + 0.1 * rng.normal(size=(40, 30))).astype(np.float32)
    short = reduced(side_by_side([Part("a", rows, 1.0)]), all_true(40), dimensions=4)
    assert short.shape == (40, 4)
    cosines = short @ short.T
    assert cosines[0, 1:10].min() > cosines[0, 10:].max()
