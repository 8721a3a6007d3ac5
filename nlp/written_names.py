"""A name as it is written in a sentence, found by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What may stand between two words of a name: a possessive ending, and a few signs ("Hall & Oates", "B.I.G.").
_BETWEEN = r"(?:['’]s)?[^\w]{1,3}"
_OPENING = "\"“”„«‘'*_"
_CLOSING = "\"“”»’'*_,."


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A name as written, and whether it stands in quotation marks or italics, as titles do."""

    text: str
    quoted: bool


def written_name(sentence: str, words: Sequence[str]) -> WrittenName | None:
    """The first place at which a sentence writes the folded `words` of a name with capitals, if any."""
    pattern = _BETWEEN.join(re.escape(word).replace("'", "['’]") for word in words)
    found = re.finditer(rf"(?<!\w)(?:The\s+)?{pattern}(?!\w)", sentence, re.IGNORECASE)
    match = next((each for each in found if any(map(str.isupper, each.group()))), None)
    if match is None:
        return None
    before, after = sentence[: match.start()][-1:], sentence[match.end() :][:1]
    text = " ".join(match.group().split())
    if text[:4] == "the ":
        text = text[4:]
    quoted = bool(before) and before in _OPENING and bool(after) and after in _CLOSING
    return WrittenName(_closed(text, sentence, match.end()), quoted)


def _closed(text: str, sentence: str, end: int) -> str:
    """The text with the full stop of its last initial: "The Notorious B.I.G."."""
    return text + "." if re.search(r"\.\w$", text) and sentence[end : end + 1] == "." else text
