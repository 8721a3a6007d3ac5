"""How much is written about artists, week by week."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Activity:
    """Writing about an artist in the week that begins on Monday `week`."""

    artist: int
    week: date
    documents: int
    sources: int
    familiarity: float
    buzz: float


def weekly_activity(texts: Iterable[tuple[int, str, date]]) -> list[Activity]:
    """Activity of every week in which something was published about an artist.

    `texts` are (artist, source, day of publication). Familiarity is ln(1 + sources that wrote about the
    artist up to the week) as a share of the same for the most written-about artist at the end. Buzz is
    (documents - usual) / (documents + usual), where usual is the mean of the artist's earlier weeks, and 0
    where there were fewer than usual.
    """
    weeks: defaultdict[int, defaultdict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for artist, source, day in texts:
        weeks[artist][day - timedelta(days=day.weekday())].append(source)
    widest = max((len({s for w in weeks_of.values() for s in w}) for weeks_of in weeks.values()), default=1)
    return [each for artist in sorted(weeks) for each in _artist_weeks(artist, weeks[artist], widest)]


def _artist_weeks(artist: int, weeks: dict[date, list[str]], widest: int) -> Iterable[Activity]:
    known: Counter[str] = Counter()
    ordered = sorted(weeks)
    for week in ordered:
        before = known.total()
        passed = (week - ordered[0]).days // 7
        usual = before / passed if passed else 0.0
        known.update(weeks[week])
        documents = len(weeks[week])
        familiarity = math.log1p(len(known)) / math.log1p(widest)
        buzz = max(0.0, (documents - usual) / (documents + usual)) if before else 0.0
        yield Activity(artist, week, documents, len(set(weeks[week])), familiarity, buzz)
