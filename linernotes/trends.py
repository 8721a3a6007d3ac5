"""What rises: terms of an artist, and artists of a term, by what was written lately and before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from linernotes.answers import RisingArtist, RisingTerm
from linernotes.errors import BadQuestion
from linernotes.release_cache import ReleaseCache
from nlp.tokens import spelt
from nlp.trends import RECENT, growth, rising, week_of
from store.lookup_records import ArtistEntry, ReleaseKey, WeekCount
from store.term_index import known_terms
from store.trends import has_term_weeks, weeks_of_artist, weeks_of_term

LEAST_RISING = 0.1
"""What rises less is not told: one text more than the usual five is .07, two where one is usual are .14."""


FEWEST = 2
"""Recent documents from which on something may rise: one text is no trend."""


def rising_terms(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, artist: ArtistEntry, limit: int
) -> list[RisingTerm]:
    """Return the terms that an artist is described with more than usual lately, the most rising first."""
    clock = _clock(connection, release, cache)
    if clock is None:
        return []
    weeks = weeks_of_artist(connection, release.release_id, artist.artist_id, clock.since)
    found = [
        RisingTerm(term, facet, clock.rising(counts), clock.lately(counts), tuple(counts))
        for (term, facet), counts in weeks.items()
    ]
    found = [each for each in found if each.rising >= LEAST_RISING and each.documents >= FEWEST]
    return sorted(found, key=lambda each: (-each.rising, -each.documents, each.term))[:limit]


def rising_artists(
    connection: Connection, release: ReleaseKey, cache: ReleaseCache, term: str, limit: int
) -> list[RisingArtist]:
    """Return the artists that are described with a term more than usual lately, the most rising first."""
    clock = _clock(connection, release, cache)
    if clock is None:
        return []
    written = spelt(term)
    numbers = [
        each.number for each in known_terms(connection, release.release_id, [written]).get(written, [])
    ]
    weeks = weeks_of_term(connection, release.release_id, numbers, clock.since)
    found = [
        RisingArtist(
            artist.artist_id,
            artist.artist,
            artist.mbid,
            clock.rising(counts),
            clock.lately(counts),
            tuple(counts),
        )
        for artist, counts in weeks.items()
    ]
    found = [each for each in found if each.rising >= LEAST_RISING and each.documents >= FEWEST]
    return sorted(found, key=lambda each: (-each.rising, -each.documents, each.artist_id))[:limit]


@dataclass(frozen=True, slots=True)
class _Clock:
    """The newest week that anything is known of, as its number, and how much everything grew lately."""

    now: int
    weeks: NDArray[np.int64]
    documents: NDArray[np.float64]

    @property
    def since(self) -> date:
        """Monday of the first of the recent weeks."""
        return date(1970, 1, 1) + timedelta(days=7 * (self.now - RECENT + 1) - 3)

    def rising(self, counts: Sequence[WeekCount]) -> float:
        """How much more than usual there is lately."""
        weeks = _numbers(counts)
        many = np.array([each.documents for each in counts], dtype=np.float64)
        of_all = growth(self.weeks, self.documents, self.now, int(weeks.min()))
        return rising(weeks, many, self.now, growth=of_all)

    def lately(self, counts: Sequence[WeekCount]) -> int:
        """How many documents the recent weeks have."""
        return sum(each.documents for each in counts if each.week >= self.since)


def _clock(connection: Connection, release: ReleaseKey, cache: ReleaseCache) -> _Clock | None:
    """The newest week of the release, not of the calendar; None when no text of it has a date."""
    totals = cache.documents_by_week(connection, release)
    if not totals:
        return None
    if not has_term_weeks(connection, release.release_id):
        raise BadQuestion(
            "The published release does not keep the use of terms by week; make a new one with"
            " `linernotes mine`."
        )
    numbers = week_of(np.array([week for week, _ in totals], dtype="datetime64[D]"))
    documents = np.array([total for _, total in totals], dtype=np.float64)
    return _Clock(int(numbers.max()), numbers, documents)


def _numbers(counts: Sequence[WeekCount]) -> NDArray[np.int64]:
    return week_of(np.array([each.week for each in counts], dtype="datetime64[D]"))
