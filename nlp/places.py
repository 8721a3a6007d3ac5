"""The names of one place: "iceland", "icelandic" and the code that a registry has for it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from nlp.facets import normal_form

_TAILS = (" band", " musician", " singer", " group", " artist", " act", " duo", " rapper")


def names_of_place(place: str) -> frozenset[str]:
    """Return all names of a place in normal form, codes of countries among them.

    A nation is known by its name, its adjectives and its ISO 3166 code; any other place by itself alone.
    """
    name = normal_form(place)
    return _nations().get(name, frozenset({name}))


def is_named(term: str, names: frozenset[str]) -> bool:
    """Whether a descriptor of a place is one of the names: "icelandic", and "icelandic band"."""
    if term in names:
        return True
    return any(term.endswith(tail) and term.removesuffix(tail) in names for tail in _TAILS)


@cache
def _nations() -> dict[str, frozenset[str]]:
    """Every name of a nation with all its names."""
    nations: dict[str, frozenset[str]] = {}
    for line in (
        files(__package__).joinpath("lexicon", "nations.txt").read_text(encoding="utf-8").splitlines()
    ):
        if line and not line.startswith("#"):
            code, _, names = line.partition(":")
            all_names = frozenset(normal_form(name) for name in (code, *names.split(",")))
            nations |= dict.fromkeys(all_names, all_names)
    return nations
