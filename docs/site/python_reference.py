"""The Python reference beyond `open` and `Catalog`: a directive of mkdocstrings for every public name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

# Have sections of their own on the page.
_ABOVE = frozenset({"open", "Catalog"})


def python_names() -> str:
    """Records, errors and the rest of `linernotes.__all__`, each under its heading."""
    import linernotes  # noqa: PLC0415 - found once the hook has set the path

    names = [name for name in linernotes.__all__ if name not in _ABOVE]
    errors = [name for name in names if _is_error(getattr(linernotes, name))]
    records = [name for name in names if name not in errors]
    sections = (("Errors", errors), ("What is answered", records))
    return "\n\n".join(part for title, listed in sections for part in _section(title, listed))


def _section(title: str, names: list[str]) -> Iterator[str]:
    yield f"## {title}"
    yield from (f"::: linernotes.{name}" for name in names)


def _is_error(value: Callable[..., object]) -> bool:
    return inspect.isclass(value) and issubclass(value, BaseException)
