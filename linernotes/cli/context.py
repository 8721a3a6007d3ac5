"""What every command shares: the options that may stand anywhere, the settings, and the database."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine, make_url

from linernotes.config import DEFAULT_CONFIG, Settings, load_settings
from store.engine import connect
from store.schema_version import is_current

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Invocation:
    """One call of the command line: the options given before or after the command's name."""

    database: str | None = None
    config: Path | None = None
    assignments: dict[str, Any] = field(default_factory=dict)
    # The same as they were typed, to be handed on to another process.
    assigned: list[str] = field(default_factory=list)
    verbose: bool = False
    _settings: Settings | None = None

    def assign(self, key: str, value: object) -> None:
        """Set a setting, as --set does."""
        self.assigned.append(f"{key}={value}")
        _assign(self.assignments, key.split("."), value)

    @property
    def config_file(self) -> Path | None:
        """The file to read: the one that was named, else linernotes.toml in this directory, if any."""
        if self.config is not None:
            return self.config
        default = Path(DEFAULT_CONFIG)
        return default if default.is_file() else None

    def settings(self) -> Settings:
        """The settings of this call, read once; ConfigError when one is wrong."""
        if self._settings is None:
            flags = dict(self.assignments)
            if self.database is not None:
                flags["database"] = self.database
            self._settings = load_settings(self.config_file, flags)
        return self._settings

    def open_engine(self, *, read_only: bool = False) -> Engine:
        """Open the database, which has to exist at the newest migration; DatabaseUnusable otherwise."""
        # Looked at read-only first: that neither makes a missing SQLite file nor waits for another writer.
        engine = self._connected(read_only=True)
        if not is_current(engine):
            from store.migrate import check_current  # noqa: PLC0415 - slow to import, only needed to complain

            check_current(engine)
        return engine if read_only else self._connected()

    def new_engine(self) -> Engine:
        """Connect to the database, whatever is in it, to create or migrate it; a SQLite file is made."""
        return self._connected()

    def _connected(self, *, read_only: bool = False) -> Engine:
        engine = connect(self.settings().database, read_only=read_only)
        click.get_current_context().find_root().call_on_close(engine.dispose)
        return engine

    def shown_database(self) -> str:
        """The URL of the database, without its password."""
        return make_url(self.settings().database).render_as_string(hide_password=True)


def common_options(function: F) -> F:
    """Add the options that every command takes, before or after its name."""
    for option in reversed(_COMMON):
        function = option(function)
    return function


def command(name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command with the common options; its first argument is the Invocation."""

    def make(function: Callable[..., Any]) -> click.Command:
        return click.command(name)(common_options(click.pass_obj(function)))

    return make


def _store(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is None or value is False:
        return
    invocation = ctx.find_root().ensure_object(Invocation)
    if param.name is not None:
        setattr(invocation, param.name, value)


def _store_assignments(ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> None:
    invocation = ctx.find_root().ensure_object(Invocation)
    for text in values:
        key, separator, value = text.partition("=")
        if not separator or not key.strip():
            raise click.BadParameter(f"{text!r} is not KEY=VALUE, such as crawl.delay_seconds=0.5")
        invocation.assigned.append(text)
        _assign(invocation.assignments, key.strip().split("."), _parsed(value.strip()))


def _assign(target: dict[str, Any], path: list[str], value: object) -> None:
    for part in path[:-1]:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            raise click.BadParameter(f"{'.'.join(path)} is given twice, as a value and as a section")
        target = inner
    target[path[-1]] = value


def _parsed(value: str) -> object:
    """The value as TOML would read it; what is no TOML is a text."""
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


_COMMON = (
    click.option(
        "--database",
        metavar="URL",
        expose_value=False,
        callback=_store,
        help="Database, such as sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="LINERNOTES_CONFIG",
        expose_value=False,
        callback=_store,
        help=f"Configuration file; {DEFAULT_CONFIG} in this directory, if there is one, when not given.",
    ),
    click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="KEY=VALUE",
        expose_value=False,
        callback=_store_assignments,
        help="Any setting of the file, such as crawl.delay_seconds=0.5; may be repeated.",
    ),
    click.option(
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_store,
        help="Tell every page and step, and the traceback of an unexpected error.",
    ),
)
