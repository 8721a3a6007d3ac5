"""How the names of artists are written: the spellings under which a name is looked for."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from wordfreq import zipf_frequency

# A one-word name this frequent in general English (Zipf scale: 3 is once in a million words) is taken for the
# word unless its writing says otherwise: Slayer has 3.5, Wire 4.4, Low 5.3, Kraftwerk 2.2.
COMMON_ZIPF = 3.3
# Slayer has 3.5, Swans 3.3, Blur 3.6; Boston 4.7, Tool 4.6, Women 5.6.
RARE_ZIPF = 4.0
# "after" has 6.1, "skeleton" 3.8.
FUNCTION_ZIPF = 5.3
SHORTEST_NAME = 2
SHORTEST_SHOUTED_NAME = 4
# Writers capitalise these within names or not, as they like.
_SMALL_WORDS = "The|And|Of|A|In|On|For|With|De|La|El"
_SMALL_WORD = re.compile(rf"(?<=\S\s)(?:{_SMALL_WORDS})(?=\s)")
_SPACED_INITIALS = re.compile(r"(?<=\b\w\.) (?=\w\.)")
_JOINED_INITIALS = re.compile(r"(?<=\b\w\.)(?=\w\.)")
_COMMA_JUNIOR = re.compile(r",(?= [JS]r\.)")


@cache
def _folding() -> dict[int, str]:
    """Characters to their plain form, one for one, so that positions in a text stay what they are."""
    table = {
        0x2018: "'",
        0x2019: "'",
        0x201C: '"',
        0x201D: '"',
        0x2010: "-",
        0x2011: "-",
        0x2013: "-",
        0xA0: " ",
    }
    table |= {ord("Ø"): "O", ord("ø"): "o", ord("Ł"): "L", ord("ł"): "l", ord("Đ"): "D", ord("đ"): "d"}
    for code in range(0xC0, 0x250):
        plain = [c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c)]
        if len(plain) == 1 and plain[0].isascii() and code <= sys.maxunicode:
            table.setdefault(code, plain[0])
    return table


# A text passes several stages that fold it.
@lru_cache(maxsize=8)
def fold(text: str) -> str:
    """The text without accents, typographic quotes and capital small words, position by position."""
    return _SMALL_WORD.sub(lambda word: word.group().lower(), text.translate(_folding()))


def spellings(name: str) -> Iterator[str]:
    """The folded spellings of `name` to look for in text with capitals."""
    seen: set[str] = set()
    for spelling in _spellings(fold(" ".join(name.split()))):
        if len(spelling) >= SHORTEST_NAME and spelling not in seen:
            seen.add(spelling)
            yield spelling


def _spellings(name: str) -> Iterator[str]:
    joiners = {" & ": " and ", " and ": " & "}
    for joined in (name, *(name.replace(old, new) for old, new in joiners.items() if old in name)):
        yield joined
        if joined.startswith("The "):
            yield "the " + joined[4:]
            if not is_common(joined[4:]):
                yield joined[4:]
    yield from _initials(name)
    bare = name.strip("!?.,:;*'\"()[] ")
    if bare != name and len(bare) > SHORTEST_NAME and not is_common(bare):
        yield bare
    if len(name) >= SHORTEST_SHOUTED_NAME and not is_common(name):
        yield name.upper()


def _initials(name: str) -> Iterator[str]:
    """The name with and without blanks between initials, without a comma before Jr., and unhyphenated."""
    for pattern, plain in ((_SPACED_INITIALS, ""), (_JOINED_INITIALS, " "), (_COMMA_JUNIOR, "")):
        if (spelt := pattern.sub(plain, name)) != name:
            yield spelt
    if "-" in name and name.count("-") < SHORTEST_SHOUTED_NAME and " " in name:
        yield name.replace("-", " ")


@cache
def _zipf(word: str) -> float:
    return float(zipf_frequency(word, "en"))


def rarest_zipf(name: str) -> float:
    """How usual the rarest word of a name is in English (Zipf scale); 0 where it is unknown."""
    return min((_zipf(word) for word in re.findall(r"[^\W_]+", name.lower())), default=0.0)


@lru_cache(maxsize=100_000)
def is_rare(word: str) -> bool:
    """Whether a word is so rare that one who writes it always with a capital means a name."""
    return _zipf(word.lower()) < RARE_ZIPF


@lru_cache(maxsize=100_000)
def is_common(name: str) -> bool:
    """Whether the name is also something that people say when they do not mean an artist."""
    words = re.findall(r"[^\W_]+", name.lower())
    if not words:
        return False
    if words[0] in {"the", "a"} and len(words) > 1:
        words = words[1:]
    if len(words) == 1:
        return len(words[0]) < 3 or _zipf(words[0]) >= COMMON_ZIPF
    # Several words: common only if each is among the most usual (as in "All the Time", not "Dead Can Dance").
    return all(_zipf(word) >= FUNCTION_ZIPF for word in words)


def is_function_word(word: str) -> bool:
    """Whether the word is among the most usual of English: "when", "the", "after"."""
    return _zipf(word.lower()) >= FUNCTION_ZIPF
