"""The example as a person uses it: its command line, and the notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

import linernotes
from examples.recommender.__main__ import main
from examples.recommender.knowledge import load_knowledge
from examples.recommender.listens import ListensUnusable, load_listens
from examples.recommender.recommend import recommend_new

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "examples" / "recommender" / "tutorial.ipynb"
TAGS = ROOT / "examples" / "sample_site" / "truth" / "tags.tsv"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the demo's database."""
    folder = tmp_path_factory.mktemp("demo")
    run("-m", "linernotes", "demo", str(folder / "demo"))
    return f"sqlite:///{folder / 'demo' / 'linernotes.db'}"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINERNOTES_")}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_artists_nobody_plays_are_recommended_with_the_reason(plays_file: Path, database: str) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog, beside=catalog.artists())
        found = recommend_new("ann", listens, load_knowledge(catalog, listens), catalog)
    assert [each.artist.artist for each in found] == ["The Moss Choir", "Ombre"]
    assert found[0].because_of.artist == "Kéla"
    assert found[0].shared == ("dreamy",)


def test_a_listener_of_artists_without_texts_is_told_why_there_is_nothing(
    plays_file: Path, database: str
) -> None:
    with linernotes.open(database) as catalog:
        listens = load_listens(plays_file, catalog, beside=catalog.artists())
        knowledge = load_knowledge(catalog, listens)
        with pytest.raises(ListensUnusable, match="Too little is written"):
            recommend_new("bo", listens, knowledge, catalog)
        with pytest.raises(ListensUnusable, match='no listener "cy"; the first are "ann", "bo"'):
            recommend_new("cy", listens, knowledge, catalog)


def test_an_error_is_one_sentence(tmp_path: Path, database: str) -> None:
    file = tmp_path / "plays.tsv"
    file.write_text("who\tartist\tplays\n", encoding="utf-8")
    options = ("--listens", str(file), "--database", database)
    shown = run("-m", "examples.recommender", "compare", *options)
    assert shown.returncode == 1
    assert shown.stderr.startswith("Error: ")
    assert "listener is missing" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_the_methods_are_compared_on_made_up_listeners(tmp_path: Path, demo: str) -> None:
    file = str(tmp_path / "plays.tsv")
    command = CliRunner()
    assert command.invoke(main, ["made-up", file], catch_exceptions=False).exit_code == 0
    options = ["--listens", file, "--database", demo]
    compared = command.invoke(
        main, ["compare", *options, "--tags", str(TAGS), "--depth", "3"], catch_exceptions=False
    )
    assert "of 49 names the registry knows 49" in compared.stderr
    for part in (
        "### Artists held back",
        "| TF-IDF: mean |",
        "| crowd tags: regression |",
        "### Plays held back",
    ):
        assert part in compared.stdout
    recommended = command.invoke(main, ["recommend", *options, "made-up 1"], catch_exceptions=False)
    assert ", like " in recommended.stdout.splitlines()[0]


def test_the_tutorial_runs_from_its_first_cell_to_its_last(
    demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_DATABASE", demo)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    place = {"metadata": {"path": str(NOTEBOOK.parent)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=place).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(out["text"] for out in outputs if out.get("name") == "stdout")
    assert "49 of 49 names known to the registry" in printed
    assert "| vectors: regression |" in printed


def test_the_tutorial_is_kept_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
