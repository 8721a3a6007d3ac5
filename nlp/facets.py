"""Sort descriptors of music artists into facets: genre, mood, instrument, era, place or theme.

The knowledge is in the word lists under ``nlp/lexicon``, one term a line, in normal form (lower case,
spaces for hyphens, no apostrophes or accents). The rules that extend the lists to unlisted terms are
described at :func:`facet_of`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, Literal

__all__ = ["DESCRIPTIVE_FACETS", "SHARED_TERMS", "Facet", "facet_of", "lexicon", "normal_form"]

Facet = Literal["genre", "mood", "instrument", "era", "place", "theme", "other"]

DESCRIPTIVE_FACETS: Final[tuple[Facet, ...]] = ("genre", "mood", "instrument", "era", "place", "theme")
"""The facets that say something about an artist: all but "other"."""

SHARED_TERMS: Final[frozenset[str]] = frozenset(
    {
        "ambient",  # genre, mood
        "dance",  # genre, theme
        "drone",  # genre, instrument
        "experimental",  # genre, mood
        "industrial",  # genre, mood
        "party",  # mood, theme
        "psychedelic",  # genre, mood
        "spiritual",  # mood, theme
        "turntablism",  # genre, instrument
    }
)
"""Terms in more than one list because both readings are in use; precedence decides for `facet_of`."""

# In order of precedence for shared terms; the exceptions in "other" are never shared.
_LISTED: Final[tuple[Facet, ...]] = ("genre", "instrument", "place", "mood", "theme", "other")

# Longer terms are clauses rather than descriptors.
_MAX_WORDS: Final = 6

_BLANKS: Final = "-_/\u2010\u2011\u2012\u2013\u2014"
_APOSTROPHES: Final = "'`\u02bc\u2018\u2019"
_MARKS: Final = str.maketrans(dict.fromkeys(_BLANKS, " ") | dict.fromkeys(_APOSTROPHES))
_AMPERSAND: Final = re.compile("(?<= )&(?= )")

_LEADING: Final = frozenset(
    {"a", "about", "an", "and", "at", "by", "for", "from", "in", "more", "most", "of", "on", "the", "very"}
)

_GENRE_ENDING: Final = re.compile(
    r"\w{2,}(?:core|wave|gaze|step|hop|tronica|pop|punk|rock|metal|folk|funk|jazz|billy)", re.ASCII
)

_PERIOD: Final = (
    r"(?:(?:(?:1[5-9]|20)\d|\d)0s|(?:1[5-9]|20)\d\d"
    r"|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|noughties|aughts|twenty tens"
    r"|\d{1,2}(?:st|nd|rd|th) century|(?:eighteenth|nineteenth|twentieth|twenty first) century)"
)
_QUALIFIER: Final = r"(?:(?:the|early|mid|middle|late|later|pre|post|circa|swinging|roaring|and|to|of) )*"
_ERA: Final = re.compile(
    rf"{_QUALIFIER}{_PERIOD}(?: {_QUALIFIER}{_PERIOD})*"
    r"|(?:.* )?(?:eras?|decades?|century|centuries|period)"
    r"|(?:atomic|bronze|digital|gilded|golden|internet|iron|jazz|machine|middle|space|streaming) ages?"
    r"|(?:pre|post|inter) ?war|(?:modern|present) day|modern|contemporary|y2k|millennial"
    r"|victorian|edwardian|elizabethan|georgian era|belle epoque|fin de siecle|ancient|prehistoric"
)


def facet_of(term: str) -> Facet:
    """Return the facet of a descriptor of one to a few words.

    Letter case, accents, apostrophes and hyphens make no difference. The first of these rules that
    finds a facet decides; the order runs from the surest evidence to the weakest:

    1. The whole term is listed, as it is, in the plural, or with its parts joined ("synth wave").
       Idioms are not the sum of their words: "bubblegum" is food but a genre, "opera house" is neither.
    2. The whole term is an expression of time ("mid-nineties", "1977", "disco era").
    3. A single word ends like a genre ("-core", "-gaze"), unless listed as an exception ("encore").
    4. A leading function word is dropped ("from detroit").
    5. A last word that adds little is dropped if the rest has a facet ("jazz band", "reverb-drenched").
    6. The longest listed end of the term, its head, decides: an English phrase is a kind of its last
       word. So "cosmic jazz" and "turkish psych rock" are genres, "distorted guitars" an instrument,
       "90s pop" a genre, not an era. A head that is too common a word ("time") or that is a surname
       too ("houston") decides nothing.

    Anything else is "other". As a phrase has one head, facets compete only where a term is in two lists
    (`SHARED_TERMS`). The precedence is genre, instrument, place, mood, theme: a genre says most about an
    artist, instruments and places are facts, and a mood can be heard where a theme has to be interpreted.

    Args:
        term: The descriptor; text that is no descriptor is "other".

    Returns:
        The facet of the term.
    """
    words = normal_form(term).split(" ")
    return (_facet_of_words(words) if len(words) <= _MAX_WORDS else None) or "other"


def lexicon(facet: Facet) -> frozenset[str]:
    """Return the listed terms of a facet, in normal form.

    Args:
        facet: The facet; "other" gives the exceptions, and "era", known by rule alone, nothing.

    Returns:
        The terms.
    """
    return frozenset() if facet == "era" else frozenset(_read(facet))


def normal_form(term: str) -> str:
    """Return a term as the lists spell it: lower case, single spaces, no accents or apostrophes.

    Args:
        term: The term as found in a text.

    Returns:
        The spelling to look up.
    """
    if not term.isascii():
        decomposed = unicodedata.normalize("NFKD", term.translate(_MARKS))
        term = "".join(char for char in decomposed if not unicodedata.combining(char))
    spaced = " ".join(term.translate(_MARKS).casefold().split())
    return _AMPERSAND.sub("and", spaced) if "&" in spaced else spaced


def _facet_of_words(words: Sequence[str]) -> Facet | None:
    """Apply the rules of `facet_of` in order."""
    phrase = " ".join(words)
    terms = _facets_of_terms()
    found = terms.get(phrase) or ("era" if _ERA.fullmatch(phrase) else None)
    if found or len(words) < 2:
        return found or _by_ending(phrase)
    if found := terms.get("".join(words)):
        return found
    if words[0] in _LEADING:
        return _facet_of_words(words[1:])
    return _without_tail(words) or _by_head(words)


def _by_ending(word: str) -> Facet | None:
    """Recognise a one-word genre by its ending."""
    return "genre" if _GENRE_ENDING.fullmatch(word) else None


def _without_tail(words: Sequence[str]) -> Facet | None:
    """Return the facet of the words before a last word that adds little."""
    found = _facet_of_words(words[:-1]) if words[-1] in _tails() else None
    return None if found == "other" else found


def _by_head(words: Sequence[str]) -> Facet | None:
    """Return the facet of the longest end of the phrase that has one and may stand as a head."""
    terms, weak = _facets_of_terms(), _weak()
    for start in range(1, len(words)):
        head = " ".join(words[start:])
        if head in weak:
            return None
        if found := terms.get(head) or ("era" if _ERA.fullmatch(head) else None):
            return found
    return _by_ending(words[-1])


@cache
def _facets_of_terms() -> dict[str, Facet]:
    """Map every listed term and its plural to its facet; a listed term outranks a plural."""
    facets: dict[str, Facet] = {}
    for forms in (lexicon, lambda facet: _plurals(lexicon(facet))):
        for facet in _LISTED:
            for term in forms(facet):
                facets.setdefault(term, facet)
    return facets


@cache
def _tails() -> frozenset[str]:
    """Return the last words that add little, and their plurals."""
    return frozenset(_read("tail")) | _plurals(_read("tail"))


@cache
def _weak() -> frozenset[str]:
    """Return the listed terms that are no heads, and their plurals."""
    return frozenset(_read("weak")) | _plurals(_read("weak"))


def _plurals(terms: Iterable[str]) -> frozenset[str]:
    """Return the regular plurals of terms."""
    return frozenset(re.sub(r"(?<![aeiou])y$", "ie", re.sub(r"(s|x|ch|sh)$", r"\1e", t)) + "s" for t in terms)


@cache
def _read(name: str) -> tuple[str, ...]:
    """Read one list of the package, leaving out comments and blank lines."""
    text = files(__package__).joinpath("lexicon", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
