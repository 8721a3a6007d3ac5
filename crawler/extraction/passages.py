"""Lists and roundups: a text that treats many artists, cut at the headings that name them.

A list is cut only where its headings look like items: at least three of one level, most of them written as
artist and work ("12. Artist: Album (Label, 2019)"), each with text below it, and not the numbered parts of
one story. Bare names count where the title of the page says that it lists artists or bands. An essay with
sections stays one article, and so does a ranking of one artist's records by their names alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extraction.listings import is_boilerplate
from crawler.extraction.markup import tidy_line
from crawler.extraction.records import Passage
from crawler.extraction.titles import parse_title, without_rank, without_review

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ITEMS = 3
# Share of a level's headings that must look like items, and of the items that must have text below them.
_ITEM_SHARE = 0.7
# Fewer words below a heading are a caption.
_PASSAGE_WORDS = 8
_LONGEST_HEADING = 150
_LEVELS = ("h2", "h3", "h4", "h5")
_LISTS_NAMES = re.compile(
    r"\b(?:artists|bands|acts|musicians|singers|rappers|producers|djs|composers|songwriters|groups|duos"
    r"|newcomers|names to)\b",
    re.I,
)
_LISTS = re.compile(
    r"\b(?:best|top|favou?rites?|greatest|essential|round-?up|list|albums|songs|tracks|singles|eps"
    r"|records|releases|reissues|mixtapes|playlist|newsletter|disappointments|reviews|week|month|year)\b",
    re.I,
)
# Parts of one story: "Part One: The Harbour", "Side A – Departure".
_PART = re.compile(
    r"^(?:part|chapter|side|act|disc|cd|lp|track|day|week|step|section|volume|vol|round|question|q|a|episode|stage"
    r"|introduction|intro|conclusion|verdict|update|note|background|summary|teil|kapitel)\b[\s.]*(?:\w{1,6})?$",
    re.I,
)
_NO_NAME = re.compile(
    r"[?!.;]|\b(?:introduction|conclusion|verdict|summary|background|history|legacy|discography|personnel|references"
    r"|track ?list(?:ing)?|credits"
    r"|honou?rable mentions?|comments?|related|further|see also|about|final thoughts)\b",
    re.I,
)
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "&", "the", "of", "de", "la", "le", "el", "der", "die", "das", "von", "van", "y", "et"}
    | {"feat", "feat.", "ft", "ft.", "with", "x", "vs", "vs."}
)
_SLASHES = re.compile(r"\S\s*//\s*\S")
_QUOTED = re.compile(r"[“\"‘«][^”\"’»]{2,}[”\"’»]")
_COMMA_WORK = re.compile(r"^[^,]{2,60},\s+\S.*[(\[][^)\]]*(?:19|20)\d\d[)\]]$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut into what stands before its items, and the items."""

    lead: str
    passages: tuple[Passage, ...]


def cut(tree: HtmlElement, text: str, title: str | None) -> Cut | None:
    """Return the passages of a text that is a list, by the headings of its page; None when it is none."""
    levels = _headings(tree)
    lines = text.splitlines()
    for headings in levels.values():
        items = [heading for heading in headings if _is_item(heading, title)]
        if len(items) >= _ITEMS and len(items) >= _ITEM_SHARE * len(headings):
            found = _cut_at(lines, items, {heading for others in levels.values() for heading in others})
            if found is not None:
                return found
    return None


def _headings(tree: HtmlElement) -> dict[str, list[str]]:
    """The distinct headings of each level outside of menus and sidebars; bold paragraphs are one level."""
    levels: dict[str, list[str]] = {}
    for element in tree.iter(*_LEVELS, "p"):
        level = str(element.tag)
        if level == "p" and not _is_bold(element):
            continue
        heading = tidy_line(element.text_content())
        if heading and len(heading) <= _LONGEST_HEADING and not _is_aside(element):
            levels.setdefault(level, []).append(heading)
    return {level: list(dict.fromkeys(found)) for level, found in levels.items()}


def _is_bold(paragraph: HtmlElement) -> bool:
    bold = [element for element in paragraph if element.tag in {"strong", "b"}]
    return (
        len(bold) > 0
        and "".join(paragraph.itertext()).strip()
        == "".join("".join(element.itertext()) for element in bold).strip()
    )


def _is_aside(element: HtmlElement) -> bool:
    return is_boilerplate(element) or any(is_boilerplate(above) for above in element.iterancestors())


def _is_item(heading: str, title: str | None) -> bool:
    bare = without_rank(heading)
    ranked, parsed = bare != heading, parse_title(heading)
    if _PART.match(parsed.artist or bare):
        return False
    if parsed.artist:
        return (
            ranked or parsed.year is not None or not _is_colon_only(bare) or bool(_LISTS.search(title or ""))
        )
    if _SLASHES.search(bare) or _COMMA_WORK.match(bare):
        return True
    return bool(_LISTS_NAMES.search(title or "")) and _is_name(bare)


def _is_colon_only(heading: str) -> bool:
    """Whether only a colon tells artist from work: essays write their sections so as well."""
    parsed = parse_title(heading)
    return ":" in heading and heading.startswith(f"{parsed.artist}:") and not _QUOTED.search(heading)


def _is_name(heading: str) -> bool:
    words = heading.split()
    if not 1 <= len(words) <= 6 or _NO_NAME.search(without_review(heading)[0]):
        return False
    return all(word.lower() in _SMALL_WORDS or not word[0].islower() for word in words)


def _cut_at(lines: list[str], items: Iterable[str], headings: set[str]) -> Cut | None:
    """Cut at the lines that are items; nothing when too few of them stand in the text with words below."""
    wanted = {_folded(item): item for item in items}
    starts = [number for number, line in enumerate(lines) if _folded(line) in wanted]
    ends = [*starts[1:], len(lines)]
    passages, lead = [], lines[: starts[0]] if starts else []
    for start, end in zip(starts, ends, strict=True):
        below = [line for line in lines[start + 1 : end] if line.strip()]
        if sum(len(_WORD.findall(line)) for line in below if line not in headings) < _PASSAGE_WORDS:
            lead += lines[start:end]
            continue
        passages.append((wanted[_folded(lines[start])], "\n".join(below)))
    if len(passages) < max(_ITEMS, _ITEM_SHARE * len(starts)):
        return None
    return Cut("\n".join(lead), _named(passages))


def _named(passages: list[tuple[str, str]]) -> tuple[Passage, ...]:
    used: dict[str, int] = {}
    found = []
    for heading, text in passages:
        slug = slug_of(heading)
        used[slug] = number = used.get(slug, 0) + 1
        found.append(Passage(without_rank(heading), slug if number == 1 else f"{slug}-{number}", text))
    return tuple(found)


def slug_of(heading: str) -> str:
    """Return a heading as the end of an address: its words in lower case, without accents, with hyphens."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", without_rank(heading)) if not unicodedata.combining(c)
    )
    return "-".join(_WORD.findall(plain.casefold()))[:80].strip("-") or "passage"


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
