"""The command line itself: help, forms of output, exit codes, and the pages that describe it."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.cli.app import COMMANDS, cli
from linernotes.cli.output import clean
from linernotes.cli.reference import renewed, walk
from linernotes.config_reference import all_settings
from tests.linernotes.conftest import Call

ROOT = Path(__file__).parent.parent.parent
LISTINGS = {
    *("artists import", "artists list", "artists show", "sources add", "sources list", "crawl", "import"),
    *("mine", "run", "similar", "terms", "search", "evidence", "evaluate", "export", "forget", "releases"),
    *("releases list", "status", "doctor", "config", "inspect", "overrides check", "overrides list"),
    *("explain", "trends", "map"),
    *("artists add", "artists candidates"),
}


def test_help_lists_every_command_without_importing_any(home: Path) -> None:
    script = (
        "import sys; from linernotes.cli.app import run; run(['--help']);"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " ('spacy', 'gensim', 'sklearn', 'httpx', 'trafilatura', 'alembic')])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=_environment()
    )
    assert shown.stdout.splitlines()[-1] == "[]"
    for name in COMMANDS:
        assert f"\n  {name} " in shown.stdout


def test_the_line_of_help_is_the_first_line_of_each_command() -> None:
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.name == name
        assert (command.help or "").strip().splitlines()[0] == line


def test_every_command_takes_the_common_options() -> None:
    for name, command in walk():
        if name not in {"artists", "overrides", "sources"}:
            taken = {option for parameter in command.params for option in parameter.opts}
            assert {"--database", "--config", "--set", "--verbose"} <= taken, name


def test_every_listing_takes_json_and_csv() -> None:
    taking = {
        name
        for name, command in walk()
        if {"--json", "--csv"} <= {option for parameter in command.params for option in parameter.opts}
    }
    assert taking == LISTINGS


@pytest.mark.parametrize("name", ["cli.md", "configuration.md"])
def test_the_reference_pages_are_those_of_this_version(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == renewed(page), "renew it with `python -m linernotes.cli.reference`"


def test_every_command_and_setting_stands_in_the_pages() -> None:
    commands = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    settings = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name, _ in walk() if f"### linernotes {name}" not in commands] == []
    assert [setting.key for setting in all_settings() if f"`{setting.key}`" not in settings] == []


def test_every_setting_stands_in_the_help_of_config(call: Call) -> None:
    shown = call("config", "--help").out
    assert [setting.key for setting in all_settings() if setting.key not in shown] == []


def test_the_version_is_told(call: Call) -> None:
    assert call("--version").out.startswith("linernotes, version ")


def test_what_comes_later_says_so(call: Call) -> None:
    result = call("mine", "--engine", "spark")
    assert result.code == 2
    assert "comes with a later version" in result.error


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("simlar",), "No such command 'simlar'"),
        (("similar",), "Missing argument 'ARTIST[^WEIGHT]...'. See `linernotes similar --help`."),
        (("terms", "A", "--facet", "smell"), "'smell' is not one of 'genre'"),
        (("terms", "A", "--limit", "0"), "0 is not in the range x>=1"),
        (("sources", "add", "a.org", "--interval", "soon"), "'soon' is not a duration such as 30m"),
        (("status", "--set", "crawl.retries"), "is not KEY=VALUE"),
        (("status", "--set", "crawl=1", "--set", "crawl.retries=1"), "given twice"),
        (("config", "--set", "crawl.retries=many"), "command line: crawl.retries must be a whole number"),
        (("import", "a.csv", "--map", "text"), "'text' is not FIELD=COLUMN"),
        (("evaluate",), "Give --similar FILE, --tags FILE, --linking FILE"),
        (("demo", "--database", "sqlite:///x.db"), "`demo` keeps its database and configuration in DIR"),
        (("--config", "nowhere.toml", "status"), "There is no configuration file nowhere.toml."),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(call: Call, arguments: tuple[str, ...], told: str) -> None:
    result = call(*arguments)
    assert result.code == 2
    assert told in result.error
    assert result.out == ""


def test_options_may_stand_before_and_after_the_command(call: Call) -> None:
    assert call("--database", "sqlite:///a.db", "init").code == 0
    assert call("init", "--database", "sqlite:///b.db").code == 0
    assert Path("a.db").is_file()
    assert Path("b.db").is_file()
    assert not Path("linernotes.db").exists()


def test_the_database_may_stand_in_the_environment(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINERNOTES_DATABASE", "sqlite:///c.db")
    assert "sqlite:///c.db" in call("init").error


def test_init_can_be_repeated(call: Call) -> None:
    assert call("init").code == 0
    assert call("init").code == 0


def test_sources_are_added_listed_changed_and_removed(call: Call) -> None:
    call("init")
    added = call("sources", "add", "a.org/feed/", "https://b.org", "--interval", "6h", "--json").rows
    assert [(row["url"], row["kind"]) for row in added] == [
        ("https://a.org/feed/", "feed"),
        ("https://b.org/", "site"),
    ]
    call("sources", "add", "https://b.org", "--scope", "/blog/")
    listed = call("sources", "list", "--json").rows
    assert (listed[1]["interval_seconds"], listed[1]["scope"]) == (21_600, "https://b.org/blog/")
    assert listed[0]["due_at"].endswith("Z")
    assert call("sources", "remove", "a.org/feed/").code == 0
    assert [row["url"] for row in call("sources", "list", "--json").rows] == ["https://b.org/"]
    assert call("sources", "remove", "a.org/feed/").code == 4


def test_a_listing_has_the_same_columns_in_every_form(call: Call) -> None:
    call("init")
    call("sources", "add", "a.org")
    as_json = call("sources", "list", "--json").rows
    as_csv = list(csv.DictReader(io.StringIO(call("sources", "list", "--csv").out)))
    piped = call("sources", "list").out.splitlines()
    assert list(as_json[0]) == list(as_csv[0]) == piped[0].split("\t")
    assert as_csv[0]["url"] == as_json[0]["url"] == piped[1].split("\t")[1]
    assert as_json[0]["error"] is None
    assert as_csv[0]["error"] == ""


def test_an_empty_listing_is_an_empty_array_with_a_remark_on_stderr(call: Call) -> None:
    call("init")
    for arguments in (("sources", "list"), ("releases",), ("artists", "list")):
        result = call(*arguments, "--json")
        assert result.code == 0
        assert result.rows == []
        assert result.error


def test_the_registry_is_imported_listed_and_looked_into(call: Call) -> None:
    call("init")
    Path("artists.csv").write_text("name,aliases\nSlowdive,\nA Tribe Called Quest,ATCQ\n", encoding="utf-8")
    counts = {row["measure"]: row["count"] for row in call("artists", "import", "artists.csv", "--json").rows}
    assert (counts["read"], counts["added"], counts["skipped"]) == (2, 2, 0)
    assert [row["name"] for row in call("artists", "list", "--json").rows] == [
        "A Tribe Called Quest",
        "Slowdive",
    ]
    assert call("artists", "show", "atcq", "--json").rows[0]["aliases"] == ["ATCQ"]
    missing = call("artists", "show", "Slowdvie")
    assert missing.code == 4
    assert "did you mean Slowdive?" in missing.error


def test_labels_can_be_registered(call: Call) -> None:
    call("init")
    rows = [
        "text,artist",
        *(f"{'words about a record ' * 9}{name},{name}" for name in ("Low", "LOW", "Various")),
    ]
    Path("reviews.csv").write_text("\n".join(rows), encoding="utf-8")
    assert "Added 1 artists" in call("import", "reviews.csv", "--register-labels", "--csv").err
    assert len(call("artists", "list", "--json").rows) == 1


def test_doctor_tells_what_to_do_and_exits_with_one(call: Call) -> None:
    before = call("doctor", "--json")
    assert before.code == 1
    assert {row["check"]: row["state"] for row in before.rows}["database"] == "problem"
    call("init")
    call("sources", "add", "https://public.example.org/")
    states = {row["check"]: (row["state"], row["what_to_do"]) for row in call("doctor", "--json").rows}
    assert states["database"] == states["writing"] == states["spaCy model"] == ("ok", "")
    assert states["artists"] == ("problem", "Run `linernotes artists import FILE`.")
    assert states["contact"] == ("problem", "Set crawl.contact to your email address or web page.")


def test_doctor_is_content_with_a_database_that_is_ready(call: Call) -> None:
    call("init")
    Path("artists.csv").write_text("name\nSlowdive\n", encoding="utf-8")
    call("artists", "import", "artists.csv")
    assert call("doctor").code == 0


def test_status_counts_what_there_is(call: Call) -> None:
    call("init")
    call("sources", "add", "a.org")
    counts = {(row["area"], row["measure"]): row["value"] for row in call("status", "--json").rows}
    assert counts["sources", "all"] == counts["sources", "due"] == 1
    assert counts["documents", "all"] == 0
    assert counts["release", "current"] is None
    assert counts["database", "bytes"] > 0


def test_the_same_commands_work_on_both_databases(call: Call, database_url: str) -> None:
    Path("artists.csv").write_text("name\nSlowdive\n", encoding="utf-8")
    at = ("--database", database_url)
    assert call("init", *at).code == 0
    assert call("artists", "import", "artists.csv", *at).code == 0
    assert call("sources", "add", "http://127.0.0.1/feed/", *at).code == 0
    assert {row["state"] for row in call("doctor", *at, "--json").rows} == {"ok"}
    counts = {(row["area"], row["measure"]): row["value"] for row in call("status", *at, "--json").rows}
    assert (counts["sources", "all"], counts["artists", "registered"]) == (1, 1)
    assert counts["database", "bytes"] > 0
    assert call("sources", "remove", "http://127.0.0.1/feed/", *at).code == 0
    assert call("forget", "Slowdive", "--yes", *at).code == 0
    assert call("releases", *at, "--json").rows == []


def test_forget_without_a_terminal_needs_yes(call: Call) -> None:
    call("init")
    assert "needs --yes" in call("forget", "a.org").error
    blocked = call("forget", "a.org", "--yes", "--json")
    assert blocked.code == 0
    refused = call("sources", "add", "https://a.org/feed/")
    assert refused.code == 1
    assert "forgotten on request" in refused.error


def test_forget_asks_which_artist_and_whether_it_is_a_host(call: Call) -> None:
    call("init")
    rows = "name,disambiguation\nNirvana,60s band\nNirvana,US band\nwill.i.am,\n"
    Path("artists.csv").write_text(rows, encoding="utf-8")
    call("artists", "import", "artists.csv")
    assert "2 artists are called 'Nirvana'" in call("forget", "Nirvana", "--yes").error
    assert "add --as artist or --as host" in call("forget", "will.i.am", "--yes").error
    assert call("forget", "will.i.am", "--as", "artist", "--yes").code == 0
    assert call("artists", "show", "will.i.am").code == 4


def test_a_reader_that_goes_away_is_no_failure(home: Path) -> None:
    command = f"{sys.executable} -m linernotes config --json | head -1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    assert ended.stdout == "[\n"
    assert ended.stderr == ""


@given(st.text())
def test_nothing_that_controls_a_terminal_is_printed(text: str) -> None:
    assert all(character.isprintable() or ord(character) > 0x9F for character in clean(text))


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINERNOTES_")}
    return kept | {"PYTHONPATH": str(ROOT)}
