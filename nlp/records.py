"""What passes between the stages of mining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["subject", "passage", "compared"]
Kind = Literal["n1", "n2", "n3", "np", "adj"]


@dataclass(frozen=True, slots=True)
class RegisteredName:
    """A name under which an artist of the registry is known."""

    artist_id: int
    name: str


@dataclass(frozen=True, slots=True)
class NameHit:
    """A registered name found in a text: characters `start` to `end`, and whose name it may be.

    `common` says that people also say it when they do not mean an artist. `begins` and `ends` tell how usual
    a name of one word is as the first or last word of other names (log2 of 1 + how many of 10,000 names): a
    given name or a surname rather than a band.
    """

    start: int
    end: int
    artist_ids: tuple[int, ...]
    confidence: float
    common: bool = False
    begins: float = 0.0
    ends: float = 0.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage that is about an artist.

    A subject's passage is the whole text and its `start` is -1; else `start` and `end` are the characters of
    the name, and the passage is the sentences `first_sentence` to `last_sentence` (inclusive). An artist with
    whom the writer compares the subject is `compared`; `first_token` to `last_token` (exclusive, counted in
    the document) is then the clause that compares, which describes neither of the two by itself.
    """

    artist_id: int
    start: int
    end: int
    role: Role
    first_sentence: int
    last_sentence: int
    confidence: float
    first_token: int | None = None
    last_token: int | None = None
