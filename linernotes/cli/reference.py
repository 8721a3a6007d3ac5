"""The reference pages: `python -m linernotes.cli.reference` renews them, a test holds them to the program.

What stands between `<!-- NAME -->` and `<!-- /NAME -->` in docs/cli.md and docs/configuration.md is
generated; the prose around it is written by hand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from linernotes.cli.app import COMMANDS, cli
from linernotes.cli.failures import EXIT_CODES
from linernotes.config_reference import markdown_table

DOCS = Path("docs")
_COMMON = frozenset(parameter.name for parameter in cli.params)


def renewed(page: str) -> str:
    """Return a page with its generated parts as the program is now."""
    parts = {
        "commands": "\n".join(_commands()),
        "common options": "\n".join(_options(cli, common=True)),
        "exit codes": "\n".join(_exit_codes()),
        "settings": markdown_table(),
    }
    for name, text in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        before, found, after = _split(pattern, page)
        page = f"{before}{begin}\n{text.strip()}\n{end}{after}" if found else page
    return page


def _split(pattern: re.Pattern[str], page: str) -> tuple[str, str, str]:
    found = pattern.search(page)
    if found is None:
        return page, "", ""
    return page[: found.start()], found[0], page[found.end() :]


def walk() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups before their members."""
    context = click.Context(cli, info_name="linernotes")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", command.commands[inner]) for inner in command.commands)


def _commands() -> Iterator[str]:
    for name, command in walk():
        arguments = "".join(
            f" {a.make_metavar(click.Context(command))}"
            for a in command.params
            if isinstance(a, click.Argument)
        )
        # Without the arguments, so that the anchor is the name alone and stays when an argument is renamed.
        yield f"### linernotes {name}\n"
        if arguments:
            yield f"`linernotes {name}{arguments}`\n"
        yield f"{_prose(command)}\n"
        options = list(_options(command))
        if options:
            yield "\n".join(options) + "\n"


def _prose(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    return text.replace("<", "&lt;")


def _options(command: click.Command, *, common: bool = False) -> Iterator[str]:
    own = [p for p in command.params if isinstance(p, click.Option) and (common or p.name not in _COMMON)]
    if own:
        yield "| option | meaning |\n|---|---|"
    for option in own:
        record = option.get_help_record(click.Context(command))
        if record is not None:
            shown, meaning = (part.replace("|", "\\|") for part in record)
            yield f"| `{shown}` | {meaning} |"


def _exit_codes() -> Iterator[str]:
    yield "| code | meaning |\n|---|---|"
    for code, meaning in EXIT_CODES.items():
        yield f"| {code} | {meaning} |"


def main() -> None:
    """Renew the pages in ./docs."""
    for name in ("cli.md", "configuration.md"):
        file = DOCS / name
        file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
