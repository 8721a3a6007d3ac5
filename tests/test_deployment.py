"""The deployment recipes: what they call exists, and what they promise each other agrees."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from linernotes.cli.app import COMMANDS, cli
from linernotes.cli.failures import EXIT_CODES
from linernotes.jobs.schedule import GRACE_SECONDS

ROOT = Path(__file__).parent.parent
RECIPES = ROOT / "examples" / "deployment"
PAGE = ROOT / "docs" / "deployment.md"
FILES = sorted(path for path in RECIPES.rglob("*") if path.is_file() and path.suffix != ".pyc")
# What follows the program on a line of a shell, a unit, a crontab or Python.
_COMMAND = re.compile(rf"(?<![\w-])linernotes ((?:{'|'.join(COMMANDS)})\b[^\n`\"|&;>]*)")
# Containers have the program as their entry point: their arguments are lists.
_ARGUMENTS = re.compile(r"(?:args|command|CMD):? (\[[^\]]*\])")


def _command_lines(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        yield from (shlex.split(found[1]) for found in _COMMAND.finditer(line))
        yield from (json.loads(found[1]) for found in _ARGUMENTS.finditer(line))


def _parse(words: list[str]) -> None:
    """Parse a command line as the program would, without running it; raises click's errors."""
    command: click.Command = cli
    context: click.Context | None = None
    while isinstance(command, click.Group):
        context = click.Context(command, parent=context)
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
    command.make_context(command.name or "", list(words), parent=context)


@pytest.mark.parametrize("path", [*FILES, PAGE], ids=lambda path: path.name)
def test_every_command_of_a_recipe_parses(path: Path) -> None:
    for words in _command_lines(path.read_text()):
        _parse(words)


def test_the_recipes_do_call_linernotes() -> None:
    callers = {path.name for path in FILES if list(_command_lines(path.read_text()))}
    assert callers == {
        "Dockerfile",
        "airflow_dag.py",
        "compose.yaml",
        "cronjob.yaml",
        "crontab",
        "linernotes-schedule.service",
        "linernotes.service",
        "schedule.yaml",
    }


def test_the_page_links_every_recipe() -> None:
    page = PAGE.read_text()
    assert [path.name for path in FILES if str(path.relative_to(ROOT)) not in page] == []


def test_the_page_tells_every_exit_code() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)}
    assert told == set(EXIT_CODES)


def _unit(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys of units have case
    unit.read_string((RECIPES / name).read_text())
    return unit


@pytest.mark.parametrize("name", ["linernotes.service", "linernotes.timer", "linernotes-schedule.service"])
def test_a_unit_is_well_formed(name: str) -> None:
    assert "Description" in _unit(name)["Unit"]


def test_the_timer_starts_the_service_of_its_name() -> None:
    assert "run --due" in _unit("linernotes.service")["Service"]["ExecStart"]


def test_whoever_stops_the_scheduler_waits_longer_than_it_needs() -> None:
    allowed = [int(_unit("linernotes-schedule.service")["Service"]["TimeoutStopSec"])]
    for name in ("compose.yaml", "kubernetes/schedule.yaml", "kubernetes/cronjob.yaml"):
        recipe = (RECIPES / name).read_text()
        found = re.search(r"(?:stop_grace_period|terminationGracePeriodSeconds): (\d+)", recipe)
        assert found is not None
        allowed.append(int(found[1]))
    assert min(allowed) > GRACE_SECONDS + 2


def test_the_dag_is_python() -> None:
    ast.parse((RECIPES / "airflow_dag.py").read_text())
