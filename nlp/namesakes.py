"""Which of several artists of one name a text means, by what the registry knows of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nlp.spelling import fold, is_function_word

# What a fact that the text repeats is worth. An alias or a year of birth is hardly there by chance, a word of
# the disambiguation ("grunge", "band") often is. Set by hand; the tests say what must follow.
_ALIAS = 3.0
_YEAR = 2.0
_COUNTRY = 1.0
_WORD = 1.0
# A text that only speaks of years long before an artist began means another one.
_TOO_EARLY = -2.0
_EARLY_BY = 3

_YEAR_IN_TEXT = re.compile(r"\b(?:1[89]|20)\d\d\b")
# The names and adjectives of the countries that most artists come from, by ISO 3166 code.
_COUNTRIES = {
    "AR": "argentina argentinian argentine", "AT": "austria austrian", "AU": "australia australian",
    "BE": "belgium belgian", "BR": "brazil brazilian", "CA": "canada canadian", "CH": "switzerland swiss",
    "CL": "chile chilean", "CN": "china chinese", "CO": "colombia colombian", "CU": "cuba cuban",
    "CZ": "czech", "DE": "germany german", "DK": "denmark danish", "ES": "spain spanish",
    "FI": "finland finnish", "FR": "france french", "GB": "uk british english england scottish welsh britain",
    "GR": "greece greek", "HU": "hungary hungarian", "IE": "ireland irish", "IL": "israel israeli",
    "IN": "india indian", "IS": "iceland icelandic", "IT": "italy italian", "JM": "jamaica jamaican",
    "JP": "japan japanese", "KR": "korea korean", "ML": "mali malian", "MX": "mexico mexican",
    "NG": "nigeria nigerian", "NL": "netherlands dutch", "NO": "norway norwegian", "NZ": "zealand",
    "PL": "poland polish", "PT": "portugal portuguese", "RU": "russia russian", "SE": "sweden swedish",
    "SN": "senegal senegalese", "TR": "turkey turkish", "UA": "ukraine ukrainian",
    "US": "us usa american america", "ZA": "african",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArtistFacts:
    """What the registry knows of an artist beyond the name that others share."""

    artist_id: int
    disambiguation: str | None = None
    country: str | None = None
    begin: str | None = None
    end: str | None = None
    other_names: tuple[str, ...] = ()


class Namesakes:
    """The artists that share a name with another."""

    def __init__(self, facts: Iterable[ArtistFacts] = ()) -> None:
        self._facts: Mapping[int, ArtistFacts] = {each.artist_id: each for each in facts}

    def in_text(self, text: str, title: str | None = None) -> TextChooser:
        """What chooses among namesakes in one text."""
        return TextChooser(self._facts, f"{title or ''}\n{text}")


class TextChooser:
    """Chooses among artists of one name by the words of a text; the first where nothing tells them apart."""

    def __init__(self, facts: Mapping[int, ArtistFacts], text: str) -> None:
        self._facts = facts
        self._text = text
        self._chosen: dict[tuple[int, ...], int] = {}

    def __call__(self, artists: Sequence[int]) -> int:
        """The artist meant."""
        key = tuple(artists)
        if len(key) == 1 or not any(artist in self._facts for artist in key):
            return key[0]
        if key not in self._chosen:
            # Python's max takes the first of several best ones.
            self._chosen[key] = max(key, key=self._score)
        return self._chosen[key]

    def _score(self, artist: int) -> float:
        facts = self._facts.get(artist)
        if facts is None:
            return 0.0
        told = _words(facts.disambiguation or "")
        score = _WORD * len(told & self._words) / max(1, len(told)) + _WORD * bool(told & self._words)
        score += _COUNTRY * bool(_country_words(facts.country) & self._words)
        score += _ALIAS * any(
            f" {_plain(name)} " in self._plain for name in facts.other_names if _plain(name)
        )
        return score + self._year_score(facts)

    def _year_score(self, facts: ArtistFacts) -> float:
        known = {int(date[:4]) for date in (facts.begin, facts.end) if date and date[:4].isdigit()}
        score = _YEAR * len(known & self._years)
        if facts.begin and facts.begin[:4].isdigit() and self._years:
            score += _TOO_EARLY * (max(self._years) < int(facts.begin[:4]) - _EARLY_BY)
        return score

    @cached_property
    def _words(self) -> frozenset[str]:
        return _words(self._text)

    @cached_property
    def _plain(self) -> str:
        return f" {_plain(self._text)} "

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(int(year) for year in _YEAR_IN_TEXT.findall(self._text))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _plain(text).split() if len(word) > 1 and not is_function_word(word))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text).lower()))


def _country_words(country: str | None) -> frozenset[str]:
    if not country:
        return frozenset()
    return frozenset(_COUNTRIES.get(country.upper(), country.lower()).split())
