"""Which clause compares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.comparisons import comparing_clause

NAMES = ("Neu!", "Faust", "Harmonia")


def clauses(text: str) -> dict[str, str | None]:
    """For each name of the sentence the clause that compares it."""
    names = sorted((text.index(name), text.index(name) + len(name)) for name in NAMES if name in text)
    found = {}
    for name in names:
        clause = comparing_clause(text, (0, len(text)), name, names)
        found[text[name[0] : name[1]]] = text[clause.start : clause.end] if clause else None
    return found


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("It sounds like Neu! on a bad day, and the drums are warm.", "sounds like Neu! on a bad day"),
        ("It reminds me a little of Neu!.", "reminds me a little of Neu!"),
        ("The pulse is reminiscent of Neu! but warmer.", "reminiscent of Neu!"),
        ("A record in the vein of Neu!, with brass.", "in the vein of Neu!"),
        ("It recalls Neu! at their slowest.", "recalls Neu! at their slowest"),
        ("It evokes Neu!.", "evokes Neu!"),
        ("It owes a great debt to Neu!.", "owes a great debt to Neu!"),
        ("Plainly influenced by the early records of Neu!.", "influenced by the early records of Neu!"),
        ("Unlike Neu!, they never rush.", "Unlike Neu!"),
        ("This is far from Neu!, thankfully.", "far from Neu!"),
        ("A slow burn à la Neu!.", "à la Neu!"),
        ("A Neu!-esque pulse drives it.", "Neu!-esque"),
        ("It brings Neu! to mind.", "Neu! to mind"),
        ("Fans of Neu! will love its warm drums.", "Fans of Neu!"),
        ("Bands like Neu! came first.", "like Neu! came first"),
        ("She has cited Neu! as an influence.", "cited Neu! as an influence"),
    ],
)
def test_a_cue_and_what_follows_it_is_the_clause(text: str, clause: str) -> None:
    assert clauses(text)["Neu!"] == clause


@pytest.mark.parametrize(
    "text",
    [
        "They toured with Neu! last year.",
        "Neu! produced the record.",
        "It sounds like rain. Neu! would approve",
        "It sounds like rain but Neu! would approve.",
        "The song that Neu! covered is long.",
    ],
)
def test_a_name_that_is_only_mentioned_is_not_compared(text: str) -> None:
    assert clauses(text)["Neu!"] is None


def test_a_list_is_compared_as_a_whole() -> None:
    text = "A hazy record somewhere between Neu!, Faust and Harmonia that glows."
    assert set(clauses(text).values()) == {"somewhere between Neu!, Faust and Harmonia"}


def test_one_that_meets_another_is_compared() -> None:
    found = clauses("Think Neu! meets Faust in a shed.")
    assert all(clause and "meets Faust" in clause for clause in found.values())


pieces = st.sampled_from(
    [*NAMES, " sounds like ", ", ", " and ", ". ", " meets ", "-esque", " fans of ", "x ", "\n"]
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_a_clause_holds_its_name_and_stays_in_its_sentence(text: str) -> None:
    spans = sorted({(text.index(name), text.index(name) + len(name)) for name in NAMES if name in text})
    for name in spans:
        clause = comparing_clause(text, (0, len(text)), name, spans)
        if clause:
            assert 0 <= clause.start <= name[0] < name[1] <= clause.end <= len(text)
