"""Every setting as text: for `linernotes config`, its --help, and docs/configuration.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from linernotes.config import ENV_PREFIX, Settings, SourceSettings

COLUMNS = ("key", "value", "default", "environment", "allowed", "meaning")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: what may stand there, what stands there when nothing is said, and what it means."""

    key: str
    default: object
    allowed: str
    meaning: str

    @property
    def environment(self) -> str:
        """The environment variable; what stands in a list has none."""
        return "" if "[[" in self.key else ENV_PREFIX + self.key.replace(".", "_").upper()


def all_settings() -> list[Setting]:
    """Return all keys in the order of the file."""
    return list(_settings("", Settings))


def setting_rows(settings: Settings) -> list[dict[str, object]]:
    """Return the settings in force as rows; a password in the database's URL is hidden."""
    return [
        {
            "key": known.key,
            "value": _value(settings, known.key),
            "default": known.default,
            "environment": known.environment,
            "allowed": known.allowed,
            "meaning": known.meaning,
        }
        for known in all_settings()
        if "[[" not in known.key
    ]


def help_lines() -> list[tuple[str, str]]:
    """Return key and meaning of every setting, for --help."""
    return [(known.key, f"{known.meaning}. {_brief(known)}") for known in all_settings()]


def markdown_table() -> str:
    """Return the table of docs/configuration.md."""
    head = "| key | environment | default | allowed | meaning |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{s.key}` | {f'`{s.environment}`' if s.environment else ''} | {_code(s.default)} "
        f"| {s.allowed} | {s.meaning} |\n"
        for s in all_settings()
    )


def _settings(prefix: str, model: type[BaseModel]) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if name == "sources":
            yield from _settings("[[sources]].", SourceSettings)
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings(f"{prefix}{name}.", inner)
        else:
            default = None if field.is_required() else field.default
            yield Setting(f"{prefix}{name}", default, _allowed(field), field.description or "")


def _allowed(field: FieldInfo) -> str:
    bounds = [text for rule in field.metadata for text in _bound(rule)]
    return " ".join([_type_name(field.annotation), *([" and ".join(bounds)] if bounds else [])])


def _bound(rule: object) -> Iterator[str]:
    if isinstance(rule, Ge):
        yield f"≥ {_number(rule.ge)}"
    if isinstance(rule, Gt):
        yield f"> {_number(rule.gt)}"
    if isinstance(rule, Le):
        yield f"≤ {_number(rule.le)}"
    if isinstance(rule, Lt):
        yield f"< {_number(rule.lt)}"


def _number(value: object) -> str:
    return (
        f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
    )


_NAMES: dict[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text"}


def _type_name(annotation: Any) -> str:  # noqa: ANN401 - any type may be annotated
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(str(choice) for choice in get_args(annotation))
    if origin in {Union, UnionType}:
        return " or ".join(_type_name(part) for part in get_args(annotation) if part is not NoneType)
    if origin is tuple:
        return f"list of {_type_name(get_args(annotation)[0])}s"
    if hasattr(annotation, "__metadata__"):
        return _type_name(annotation.__origin__)
    return _NAMES.get(annotation, getattr(annotation, "__name__", "value"))


def _value(settings: Settings, key: str) -> object:
    value: Any = settings
    for part in key.split("."):
        value = getattr(value, part)
    return _without_password(value) if key == "database" else value


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def _code(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return f"`{', '.join(str(part) for part in value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _brief(known: Setting) -> str:
    default = _code(known.default).strip("`")
    return f"[{known.allowed}{f'; default {default}' if default else ''}]"
