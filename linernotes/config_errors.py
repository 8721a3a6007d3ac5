"""What is wrong with a setting, in one sentence that names where it stands, the key and what is allowed."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from store.errors import LinernotesError


class ConfigError(LinernotesError):
    """A setting or the configuration file is wrong."""

    exit_code = 2


def explain_invalid(
    error: ValidationError, model: type[BaseModel], flags: Mapping[str, Any], file: Path | None
) -> ConfigError:
    """Return the first of the errors as a sentence, with the number of the others."""
    details = error.errors(include_url=False)
    first = _sentence(details[0], model, flags, file)
    more = len(details) - 1
    others = f" ({more} more {'setting is' if more == 1 else 'settings are'} wrong.)" if more else ""
    return ConfigError(first + others)


def _sentence(
    detail: ErrorDetails, model: type[BaseModel], flags: Mapping[str, Any], file: Path | None
) -> str:
    path = _path(detail)
    place = _place(path, flags, file)
    key = _dotted(path)
    if detail["type"] == "extra_forbidden":
        return f"{place}: there is no setting {key}; {_known(path, model)}"
    if detail["type"] == "missing":
        return f"{place}: {key} is missing."
    return f"{place}: {key} {_allowed(detail)}, not {_shown(detail['input'])}."


def _path(detail: ErrorDetails) -> tuple[str | int, ...]:
    """Where the value stands, without what pydantic adds for itself (function-before…)."""
    return tuple(part for part in detail["loc"] if isinstance(part, int) or "[" not in part)


def _dotted(path: tuple[str | int, ...]) -> str:
    """`crawl.delay_seconds`, `sources[2].url` (counted from one, as people count)."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _place(path: tuple[str | int, ...], flags: Mapping[str, Any], file: Path | None) -> str:
    """The layer that gave the value: the first, in order of precedence, that has the key."""
    value: Any = flags
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is not None:
        return "command line"
    names = {f"LINERNOTES_{'_'.join(str(part) for part in path[:length])}".upper() for length in (1, 2)}
    given = sorted(name for name in os.environ if name.upper() in names)
    if given:
        return f"environment variable {given[-1]}"
    return str(file) if file else "settings"


def _known(path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    section = _section(path[:-1], model)
    names = sorted(section.model_fields)
    near = difflib.get_close_matches(str(path[-1]), names, n=1)
    if near:
        return f"did you mean {_dotted((*path[:-1], near[0]))}?"
    where = f"[{_dotted(path[:-1])}] knows" if len(path) > 1 else "known are"
    return f"{where} {', '.join(names)}."


def _section(path: tuple[str | int, ...], model: type[BaseModel]) -> type[BaseModel]:
    """The model that a part of the path leads to."""
    for part in path:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        candidates = (annotation, *getattr(annotation, "__args__", ()))
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return model


_NUMBERS = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "string_too_short": "must not be empty",
}
_TYPES = {
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "string": "must be a text",
    "tuple": "must be a list",
    "finite": "must be a finite number",
    "model": "must be a table of settings",
}


def _allowed(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] in _NUMBERS:
        return _NUMBERS[detail["type"]].format(**context)
    if detail["type"] == "value_error":
        return f"must be {context['error']}"
    return _TYPES.get(detail["type"].partition("_")[0], f"is wrong ({detail['msg']})")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
