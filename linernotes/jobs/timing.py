"""Of the release: how much is written about artists, since when, and with which terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.jobs.describing import Described
from linernotes.jobs.material import Material, own_text
from nlp.activity import weekly_activity
from nlp.arrays import rank
from nlp.corpus import Spans, words_within
from nlp.ngrams import count_pairs
from nlp.trends import RECENT, familiarity, growth, known_to_the_day, monday_of, rising, week_of

# Descriptors of an artist whose use is kept week by week: those that a page about it shows.
TERMS_BY_WEEK = 30


@dataclass(frozen=True, slots=True)
class Calendar:
    """Source, day (datetime64[D]) and week number of each document.

    `dated` where the day is known, `known` where at least the year is (its first week stands for it).
    """

    source: NDArray[np.int64]
    day: NDArray[np.datetime64]
    week: NDArray[np.int64]
    dated: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def first(self) -> int:
        """A week number that none is below."""
        return int(self.week.min(initial=0))

    @property
    def now(self) -> int:
        """The newest week in which anything was published: what is lately does not depend on the clock."""
        return int(self.week[self.dated].max(initial=0))


def calendar_of(material: Material) -> Calendar:
    """Find the sources, days and weeks of the documents."""
    source = np.unique([document.source for document in material.documents], return_inverse=True)[1]
    day = np.array([document.published for document in material.documents], dtype="datetime64[D]")
    dated = known_to_the_day(day, source.astype(np.int64))
    known = ~np.isnat(day)
    week = week_of(np.where(known, day, np.datetime64(0, "D")))
    return Calendar(source.astype(np.int64), day, week, dated, known)


def activity_rows(material: Material, calendar: Calendar) -> Iterator[Sequence[Any]]:
    """Rows of release_activity: the weeks in which something was published about each artist."""
    spans = material.spans
    about = zip(spans.artist[spans.subject].tolist(), spans.document[spans.subject].tolist(), strict=True)
    days = calendar.day.astype(object)
    texts = (
        (artist, material.documents[document].source, days[document])
        for artist, document in about
        if calendar.dated[document]
    )
    for each in weekly_activity(texts):
        artist = int(material.artists[each.artist])
        yield artist, each.week, each.documents, each.sources, round(each.familiarity, 6), round(each.buzz, 6)


def artist_rows(material: Material, calendar: Calendar) -> Iterator[Sequence[Any]]:
    """Rows of release_artists: words, documents and sources of each artist, familiarity and buzz."""
    spans, artists = material.spans, len(material.artists)
    own = own_text(spans, artists)
    artist, document = _pairs(own.artist, own.document)
    columns = (
        material.artists,
        words_within(material.corpus, own, artists),
        np.bincount(artist, minlength=artists),
        np.bincount(_pairs(artist, calendar.source[document])[0], minlength=artists),
        np.round(_familiarity(calendar, spans, artists), 6),
        np.round(_buzz(calendar, spans, artists), 6),
    )
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _familiarity(calendar: Calendar, spans: Spans, artists: int) -> NDArray[np.float64]:
    about = spans.only(spans.subject)
    documents = np.bincount(_pairs(about.artist, about.document)[0], minlength=artists).astype(np.int64)
    return familiarity(_breadth(calendar, about, artists), documents, _breadth(calendar, spans, artists))


def _breadth(calendar: Calendar, spans: Spans, artists: int) -> NDArray[np.float64]:
    """Independent sources of each artist: every one adds 1 - 2^-n for its n documents."""
    artist, document = _pairs(spans.artist, spans.document)
    artist, _, repeats = count_pairs(artist, calendar.source[document])
    return np.bincount(artist, weights=1 - 2.0**-repeats, minlength=artists).astype(np.float64)


def term_week_rows(material: Material, described: Described, calendar: Calendar) -> Iterator[Sequence[Any]]:
    """Rows of release_term_weeks: in how many documents each strong descriptor was used, by week."""
    counts = described.counts
    own = own_text(material.spans, len(material.artists))
    artist, document = own.artist[counts.span], own.document[counts.span]
    wanted = calendar.dated[document] & np.isin(
        _joined(artist, counts.term, len(counts.terms)), _strongest(described)
    )
    uses = np.unique(np.stack([artist[wanted], counts.term[wanted], document[wanted]]), axis=1)
    used = np.stack([uses[0], uses[1], calendar.week[uses[2]]])
    weeks, documents = np.unique(used, axis=1, return_counts=True)
    by_source = np.unique(np.vstack([used, calendar.source[uses[2]]]), axis=1)
    sources = np.unique(by_source[:3], axis=1, return_counts=True)[1]
    columns = (material.artists[weeks[0]], weeks[1], monday_of(weeks[2]), documents, sources)
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _strongest(described: Described) -> NDArray[np.int64]:
    """The pairs (artist, term) that are among an artist's strongest, joined into one number each."""
    weighted = described.weighted
    chosen = rank(weighted.artist) < TERMS_BY_WEEK
    return _joined(weighted.artist[chosen], weighted.term[chosen], len(described.counts.terms))


def _joined(left: NDArray[np.int64], right: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    return left * base + right


def _pairs(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    left, right, _ = count_pairs(left, right)
    return left, right


def _buzz(calendar: Calendar, spans: Spans, artists: int) -> NDArray[np.float64]:
    """How much more than usual was lately written about each artist.

    A text of which the year alone is known is no text of a week, but an earlier one tells what is usual. Of
    an artist of whom all that is dated is recent but some is undated, nobody knows what is usual: 0.
    The same for an artist with a single text.
    """
    artist, document = _pairs(spans.artist[spans.subject], spans.document[spans.subject])
    early = calendar.known & (calendar.week <= calendar.now - RECENT)
    told = (calendar.dated | early)[document]
    undated = np.bincount(artist[~told], minlength=artists) > 0
    usual = np.bincount(artist[early[document]], minlength=artists) > 0
    artist, week, documents = count_pairs(artist[told], calendar.week[document[told]] - calendar.first)
    weeks, counts = np.unique(calendar.week[calendar.dated | early], return_counts=True)
    buzz = np.zeros(artists)
    bounds = np.append(np.flatnonzero(np.diff(artist, prepend=-1)), len(artist)).tolist()
    for first, last in pairwise(bounds):
        row, own = artist[first], week[first:last] + calendar.first
        if usual[row] or (not undated[row] and documents[first:last].sum() > 1):
            more = growth(weeks, counts.astype(np.float64), calendar.now, int(own[0]))
            lately = documents[first:last].astype(np.float64)
            buzz[row] = rising(own, lately, calendar.now, growth=more)
    return buzz
