"""Names reduced to what two spellings share, so that "The Beatles" and "beatles" meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

# Hyphens and apostrophes that typesetting puts where a keyboard has one; NFKD leaves these four alone.
_TYPOGRAPHIC = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2018": "'", "\u2019": "'"})
_LEADING_THE = re.compile(r"^the\s+")
_TRAILING_THE = re.compile(r",\s*the$")
# Letters beyond ASCII stay, up to the end of the Basic Multilingual Plane; emoji and the like go.
_DROPPED = re.compile(r"[^a-z0-9\u0080-\uffff]+")


def name_key(name: str) -> str:
    """The name reduced to what two spellings share; empty when it has no letter or digit ("!!!").

    Without accents, lower case, "&" read as "and", no leading "the" and no trailing ", the", letters and
    digits only. The rule is the one that ground truth is joined with, so it must not drift.
    """
    plain = name if name.isascii() else _without_accents(name)
    spelt = plain.lower().replace("&", " and ").strip()
    if spelt.startswith("the"):
        spelt = _LEADING_THE.sub("", spelt)
    if spelt.endswith("the"):
        spelt = _TRAILING_THE.sub("", spelt)
    return _DROPPED.sub("", spelt)


def stands_in(name: str, text: str) -> bool:
    """Whether a text holds the name in full, both read as `name_key` reads names.

    It has to begin and end with a word of the text: "Air" does not stand in "fairly", "The Knife" does in
    "Knife's". A name without letter or digit stands nowhere.
    """
    key = name_key(name)
    spelt = _without_accents(text).lower().replace("&", " and ")
    if not key or key not in _DROPPED.sub("", spelt):
        return False
    words = _DROPPED.sub(" ", spelt).split(" ")  # of the other spaces some are part of a key
    ends = list(accumulate(map(len, words)))
    joined, starts = "".join(words), {0, *ends}
    place = joined.find(key)
    while place >= 0 and not (place in starts and place + len(key) in starts):
        place = joined.find(key, place + 1)
    return place >= 0


@lru_cache(maxsize=16_384)  # a batch of artists asks several times for each of its names
def registry_key(name: str) -> str:
    """What the registry compares names by: their key, or the folded name where no key is left of it.

    Without the second part "!!!" and "???" would be one artist.
    """
    return name_key(name) or " ".join(name.casefold().split())


def _without_accents(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.translate(_TYPOGRAPHIC))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
