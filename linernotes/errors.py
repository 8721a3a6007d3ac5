"""What can be wrong with a question to the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from store.errors import LinernotesError, ReleaseNotFound

# The exit code of the command line for a look-up that found nothing.
NOTHING_FOUND = 4
USAGE = 2


class BadQuestion(LinernotesError, ValueError):
    """A look-up was asked with a value it does not take: a limit, facet or description."""

    exit_code = USAGE


class ArtistNotFound(LinernotesError, LookupError):
    """The registry has no such artist. `name` is what was asked for, `suggestions` names that look alike."""

    exit_code = NOTHING_FOUND

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(_not_found(name, self.suggestions))

    def __reduce__(self) -> tuple[type[ArtistNotFound], tuple[str, tuple[str, ...]]]:
        return type(self), (self.name, self.suggestions)


class NoRelease(ReleaseNotFound):
    """Nothing has been mined and published yet."""

    exit_code = NOTHING_FOUND

    def __init__(self) -> None:
        super().__init__("There is no release to look things up in yet; make one with `linernotes mine`.")


class TermNotFound(LinernotesError, LookupError):
    """The release describes nobody with such a term."""

    exit_code = NOTHING_FOUND

    def __init__(self, term: str) -> None:
        self.term = term
        super().__init__(f'No artist is described with "{term}".')

    def __reduce__(self) -> tuple[type[TermNotFound], tuple[str]]:
        return type(self), (self.term,)


class NothingKnown(LinernotesError, LookupError):
    """No word of a description is known.

    `unknown` are the words, `suggestions` terms that some of them may be misspellings of.
    """

    exit_code = NOTHING_FOUND

    def __init__(
        self, unknown: Sequence[str], suggestions: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.unknown = tuple(unknown)
        self.suggestions = dict(suggestions or {})
        words = ", ".join(f'"{word}"' for word in self.unknown)
        alike = [term for terms in self.suggestions.values() for term in terms]
        advice = f"did you mean {_either(alike)}?" if alike else "try other words."
        super().__init__(f"No artist is described with {words}, nor with a word used like that; {advice}")

    def __reduce__(self) -> tuple[type[NothingKnown], tuple[tuple[str, ...], dict[str, tuple[str, ...]]]]:
        return type(self), (self.unknown, self.suggestions)


def _not_found(name: str, suggestions: tuple[str, ...]) -> str:
    if not suggestions:
        return f'There is no artist "{name}" in the registry.'
    return f'There is no artist "{name}" in the registry; did you mean {_either(suggestions)}?'


def _either(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
