"""What a page says, boiled down to a few numbers: enough to tell that pages say the same, or nothing new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

# Shorter runs of text are menus, dates, titles and buttons, which repeat from page to page.
BLOCK_CHARACTERS = 60
# So much running text has a page that is about something, whatever its title says.
_ARTICLE_CHARACTERS = 600

_VISIBLE = etree.XPath(
    "//text()[not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)
_DIGITS_AND_SPACE = str.maketrans("", "", "0123456789 \t\r\n\xa0")
_NO_SUCH_PAGE = re.compile(
    r"\bnot (?:be |been )?found\b|\bno such page\b|\bdo(?:es)?(?: not|n.t) exist\b|"
    r"\bno longer (?:available|exists)\b|"
    r"\bnicht gefunden\b|\bexistiert nicht\b|\bintrouvable\b|\bno encontrad[ao]\b|\bn[aã]o encontrad[ao]\b|"
    r"\bnon trovat[ao]\b|\bniet gevonden\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextPrint:
    """The visible text of a page as hashes, which hold within one process.

    `whole` is that of title and text without digits and white space (None for less than BLOCK_CHARACTERS of
    them), `blocks` are those
    of its runs of at least BLOCK_CHARACTERS characters. `no_such_page` tells that the page, whatever status
    it came with, says that there is nothing at its address (a "soft 404").
    """

    whole: int | None = None
    blocks: tuple[int, ...] = ()
    no_such_page: bool = False


def text_print(root: etree._Element) -> TextPrint:
    """Return the print of a parsed page."""
    runs: list[str] = _VISIBLE(root)
    text = "".join(runs)
    essence = text.translate(_DIGITS_AND_SPACE)
    if not essence:
        return TextPrint()
    long = [run for run in runs if len(run) >= BLOCK_CHARACTERS and not run.isspace()]
    # A handful of words is the same on many pages by chance: numbered pictures, "next" and "back".
    whole = hash(essence) if len(essence) >= BLOCK_CHARACTERS else None
    return TextPrint(whole, tuple(map(hash, long)), _says_no_such_page(root, text, long))


def _says_no_such_page(root: etree._Element, text: str, long: list[str]) -> bool:
    """Whether the title says so; "404" alone may be an album, and long texts are about something else."""
    title = root.findtext(".//title") or ""
    if sum(map(len, long)) >= _ARTICLE_CHARACTERS:
        return False
    return bool(_NO_SUCH_PAGE.search(title if "404" not in title else f"{title} {text[:5_000]}"))
