"""The settings: flag over environment over file over default, and a sentence for what is wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.settings import CrawlSettings
from linernotes.config import CrawlSection, MineSection, Settings, load_settings
from linernotes.config_errors import ConfigError
from linernotes.config_reference import all_settings, setting_rows
from linernotes.durations import parse_duration, show_duration
from linernotes.jobs.mining import MiningSettings
from linernotes.jobs.run import mining_settings
from linernotes.service.settings import ServiceSection


@pytest.fixture
def file(home: Path) -> Path:
    return home / "linernotes.toml"


def settings_of(file: Path, text: str, flags: dict[str, Any] | None = None) -> Settings:
    file.write_text(text, encoding="utf-8")
    return load_settings(file, flags)


def error_of(file: Path, text: str, flags: dict[str, Any] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        settings_of(file, text, flags)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_without_file_and_environment_the_defaults_hold(home: Path) -> None:
    settings = load_settings()
    assert settings.database == "sqlite:///linernotes.db"
    assert settings.crawl.to_crawler() == CrawlSettings()
    assert mining_settings(settings.mine) == MiningSettings()


def test_a_flag_overrides_the_environment_which_overrides_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[crawl]\nretries = 1\nmax_depth = 1\nmax_hosts = 1"
    monkeypatch.setenv("LINERNOTES_CRAWL_MAX_DEPTH", "2")
    monkeypatch.setenv("LINERNOTES_CRAWL_MAX_HOSTS", "2")
    crawl = settings_of(file, text, {"crawl": {"max_hosts": 3}}).crawl
    assert (crawl.retries, crawl.max_depth, crawl.max_hosts) == (1, 2, 3)


def test_relative_paths_of_a_file_start_at_the_file(file: Path) -> None:
    settings = settings_of(file, 'database = "sqlite:///a.db"\nartists = "b.csv"')
    assert settings.database == f"sqlite:///{file.parent / 'a.db'}"
    assert settings.artists == (str(file.parent / "b.csv"),)


def test_absolute_paths_memory_and_other_databases_stay_as_they_are(file: Path) -> None:
    for url in ("sqlite:////var/a.db", "sqlite:///:memory:", "postgresql+psycopg://me@here/notes"):
        assert settings_of(file, f'database = "{url}"').database == url


def test_relative_paths_of_a_flag_start_at_the_current_directory(file: Path) -> None:
    assert settings_of(file, "", {"database": "sqlite:///a.db"}).database == "sqlite:///a.db"


def test_lists_in_the_environment_are_separated_by_commas(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_MINE_LANGUAGES", "en, de")
    assert load_settings().mine.languages == ("en", "de")


def test_variables_that_a_scheduler_sets_are_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINERNOTES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("LINERNOTES_SERVICE_PORT_HTTP", "80")
    monkeypatch.setenv("LINERNOTES_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("LINERNOTES_SERVICE_WORKERS", "2")
    assert load_settings().crawl == CrawlSection()
    assert load_settings().service == ServiceSection(workers=2)


def test_sources_take_durations_as_people_write_them(file: Path) -> None:
    text = "[[sources]]\nurl = 'a.org'\ninterval = '6h'\n[[sources]]\nurl = 'b.org'\ninterval = 60"
    assert [source.interval for source in settings_of(file, text).sources] == [21_600, 60]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[crawl]\ndely_seconds = 1",
            "there is no setting crawl.dely_seconds; did you mean crawl.delay_seconds?",
        ),
        ("databas = 1", "there is no setting databas; did you mean database?"),
        (
            "zzz = 1",
            "there is no setting zzz; known are artists, cache, crawl, database, mine,",
        ),
        ("[crawl]\ndelay_seconds = -1", "crawl.delay_seconds must be at least 0.0, not -1."),
        ("[crawl]\ndelay_seconds = nan", "crawl.delay_seconds must be"),
        ("[crawl]\nretries = 1.5", "crawl.retries must be a whole number, not 1.5."),
        (
            "[crawl]\nallow_private_hosts = 'maybe'",
            "crawl.allow_private_hosts must be true or false, not 'maybe'.",
        ),
        ("crawl = 3", "crawl must be a table of settings, not 3."),
        ("artists = 3", "artists must be a list, not 3."),
        ("artists = [3]", "artists[1] must be a text, not 3."),
        ("database = ''", "database must not be empty, not ''."),
        ("[[sources]]\nkind = 'feed'", "sources[1].url is missing."),
        (
            "[[sources]]\nurl = 'a'\nkind = 'fed'",
            "sources[1].kind must be one of 'feed', 'sitemap' or 'site'",
        ),
        ("[[sources]]\nurl = 'a'\nknd = 'feed'", "did you mean sources[1].kind?"),
        ("[[sources]]\nurl = 'a'\ninterval = '6y'", "sources[1].interval must be a duration such as 30m, 6h"),
        ("[[sources]]\nurl = 'a'\ninterval = true", "sources[1].interval must be a duration"),
        ("sources = 'a'", "sources must be a list, not 'a'."),
        ("[mine]\nlanguages = []", "mine.languages"),
    ],
)
def test_a_wrong_setting_is_told_with_file_key_and_what_is_allowed(file: Path, text: str, told: str) -> None:
    sentence = error_of(file, text)
    assert sentence.startswith(f"{file}: ")
    assert told in sentence


def test_further_wrong_settings_are_counted(file: Path) -> None:
    assert error_of(file, "zzz = 1\nyyy = 1\n").endswith("(1 more setting is wrong.)")


def test_a_wrong_value_of_the_environment_is_told_with_its_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_CRAWL_RETRIES", "many")
    told = error_of(file, "[crawl]\nretries = 1")
    assert (
        told
        == "environment variable LINERNOTES_CRAWL_RETRIES: crawl.retries must be a whole number, not 'many'."
    )


def test_a_wrong_value_of_a_flag_is_told_as_such(file: Path) -> None:
    assert error_of(file, "", {"crawl": {"retries": "x"}}).startswith("command line: crawl.retries must be")


def test_a_variable_that_is_no_json_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINERNOTES_SOURCES", "https://a.org")
    with pytest.raises(ConfigError, match=r"environment variable.*sources"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[crawl", "is not valid TOML"),
        (b"artists = '\xff'", "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        load_settings(file)


def test_a_missing_file_and_a_directory_are_told(home: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration file"):
        load_settings(home / "nowhere.toml")
    with pytest.raises(ConfigError, match="is a directory"):
        load_settings(home)


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[crawl]\nretries = 7")
    assert load_settings(file).crawl.retries == 7


def test_every_setting_of_the_crawler_has_a_key() -> None:
    assert set(CrawlSection.model_fields) == {field.name for field in fields(CrawlSettings)}


def test_every_key_has_a_meaning_and_what_is_allowed() -> None:
    for setting in all_settings():
        assert setting.meaning
        assert "value" not in setting.allowed


def test_the_defaults_shown_are_the_defaults_that_hold(home: Path) -> None:
    for row in setting_rows(load_settings()):
        assert row["value"] == row["default"], row["key"]


def test_a_password_is_not_shown(home: Path) -> None:
    settings = load_settings(flags={"database": "postgresql+psycopg://me:secret@here/notes"})
    assert "secret" not in str(setting_rows(settings)[0])


def test_mine_keys_reach_the_miner() -> None:
    section = MineSection(languages=("de",), min_words=1, neighbours=2, descriptors=3, dimensions=4)
    mined = mining_settings(section)
    assert (mined.languages, mined.min_words, mined.neighbours) == (("de",), 1, 2)
    assert (mined.weights.per_artist, mined.vectors.dimensions) == (3, 4)


@given(st.integers(min_value=1, max_value=10**8))
def test_a_duration_is_read_as_it_is_shown(seconds: int) -> None:
    assert parse_duration(show_duration(seconds)) == seconds


@given(st.text())
def test_any_other_text_is_refused_and_never_zero(text: str) -> None:
    try:
        assert parse_duration(text) > 0
    except ValueError as error:
        assert "such as 30m" in str(error)
