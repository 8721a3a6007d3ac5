"""The settings: flag over environment over file over default, each key in one place.

`Settings` is the whole of linernotes.toml. Every key can also be given as an environment variable
(`LINERNOTES_DATABASE`, `LINERNOTES_CRAWL_DELAY_SECONDS`) and on the command line (`--database`,
`--set crawl.delay_seconds=0.5`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from crawler.fetching.settings import CrawlSettings
from linernotes.config_errors import ConfigError, explain_invalid
from linernotes.config_file import read_toml
from linernotes.durations import parse_duration
from linernotes.listening import parse_address
from linernotes.service.settings import ServiceSection
from store.records import SourceKind

DEFAULT_CONFIG = "linernotes.toml"
ENV_PREFIX = "LINERNOTES_"
_DEFAULTS = CrawlSettings()
# Settings of sections that name a file.
_FILES = {"mine": ("overrides", "teach"), "service": ("tokens_file",)}
_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _seconds(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a duration, such as 6h")
    return parse_duration(value) if isinstance(value, str) else value


def _address(value: str) -> str:
    parse_address(value)
    return value


def _listed(value: object) -> object:
    """One text may stand for a list of one; in the environment, several are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Duration = Annotated[int, BeforeValidator(_seconds), Field(ge=1)]
Address = Annotated[str, AfterValidator(_address)]
Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class SourceSettings(BaseModel):
    """A source to crawl: one `[[sources]]` of the file."""

    model_config = _STRICT

    url: str = Field(min_length=1, description="URL of the feed, sitemap or home page")
    kind: SourceKind | None = Field(
        default=None, description="feed, sitemap or site; found out when not given"
    )
    interval: Duration | None = Field(
        default=None,
        description="Time between two rounds: seconds, or 30m, 6h, 1d, 2w; one day when not given",
    )
    scope: str | None = Field(default=None, description="URL prefix that followed links must share")


class CrawlSection(BaseModel):
    """How to behave towards other people's servers: `[crawl]`."""

    model_config = _STRICT

    contact: str | None = Field(
        default=_DEFAULTS.contact,
        description="Email address or web page where the owner of a host can complain; "
        "sent with every request, and needed for public hosts",
    )
    user_agent: str | None = Field(
        default=_DEFAULTS.user_agent,
        description="User-Agent header; linernotes/VERSION (+CONTACT) when not given",
    )
    allow_private_hosts: bool = Field(
        default=_DEFAULTS.allow_private_hosts,
        description="Whether private and loopback addresses may be fetched",
    )
    delay_seconds: float = Field(
        default=_DEFAULTS.delay_seconds,
        ge=0,
        le=3600,
        description="Pause between two requests to one registered domain",
    )
    max_concurrency: int = Field(
        default=_DEFAULTS.max_concurrency, ge=1, le=1000, description="Requests under way at once"
    )
    host_concurrency: int = Field(
        default=_DEFAULTS.host_concurrency,
        ge=1,
        le=64,
        description="Requests under way at once to one registered domain",
    )
    max_hosts: int = Field(
        default=_DEFAULTS.max_hosts, ge=1, le=10_000, description="Registered domains worked on at once"
    )
    timeout_seconds: float = Field(
        default=_DEFAULTS.timeout_seconds,
        gt=0,
        le=3600,
        description="How long to wait for a host to say anything",
    )
    deadline_seconds: float = Field(
        default=_DEFAULTS.deadline_seconds,
        gt=0,
        le=86_400,
        description="How long one answer may take altogether",
    )
    max_body_bytes: int = Field(
        default=_DEFAULTS.max_body_bytes, ge=1_000, le=2_000_000_000, description="Longest body that is read"
    )
    retries: int = Field(
        default=_DEFAULTS.retries, ge=0, le=20, description="How often a failed request is repeated"
    )
    backoff_seconds: float = Field(
        default=_DEFAULTS.backoff_seconds,
        ge=0,
        le=3600,
        description="Pause before the first repetition; then doubled",
    )
    patience_seconds: float = Field(
        default=_DEFAULTS.patience_seconds,
        ge=0,
        le=86_400,
        description="Longest pause asked for by a host that is waited for; others are left to the next crawl",
    )
    max_redirects: int = Field(default=_DEFAULTS.max_redirects, ge=0, le=50, description="Redirects in a row")
    max_depth: int = Field(default=_DEFAULTS.max_depth, ge=0, description="Links between a source and a page")
    max_pages_per_source: int = Field(
        default=_DEFAULTS.max_pages_per_source, ge=1, description="Pages kept track of for one source"
    )
    max_pages_per_domain: int = Field(
        default=_DEFAULTS.max_pages_per_domain,
        ge=1,
        description="Pages kept track of for one registered domain",
    )
    max_revisit_seconds: Duration = Field(
        default=_DEFAULTS.max_revisit_seconds,
        description="Longest time until a page that never changes is looked at again: seconds, or 90d",
    )
    database_patience_seconds: float = Field(
        default=_DEFAULTS.database_patience_seconds,
        ge=0,
        le=86_400,
        description="How long a crawl waits for a database that went away",
    )

    def to_crawler(self) -> CrawlSettings:
        """The settings as the crawler takes them."""
        return CrawlSettings(**self.model_dump())


class MineSection(BaseModel):
    """How to mine: `[mine]`.

    The defaults are those of the miner's own settings (a test compares them); importing these here would make
    every look-up wait for the miner's libraries.
    """

    model_config = _STRICT

    languages: Texts = Field(
        default=("en",),
        min_length=1,
        description="ISO 639-1 codes; documents in other languages are kept, not mined",
    )
    min_musicality: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="Probability of being about music below which a document without a label is kept, "
        "not mined; 0 mines all",
    )
    min_words: int = Field(
        default=100,
        ge=1,
        description="Words of text below which an artist gets neither vector nor neighbours",
    )
    neighbours: int = Field(default=50, ge=1, le=1000, description="Similar artists kept of each")
    descriptors: int = Field(default=100, ge=1, le=10_000, description="Descriptors kept of each artist")
    evidence_terms: int = Field(
        default=30, ge=0, le=10_000, description="Descriptors of an artist that get evidence"
    )
    evidence_sentences: int = Field(
        default=2, ge=0, le=100, description="Sentences kept as evidence of a descriptor"
    )
    map: bool = Field(default=True, description="Whether a release has a map of all artists")
    dimensions: int = Field(default=300, ge=2, le=2000, description="Length of an artist's vector, at most")
    search_words: int = Field(default=20_000, ge=0, description="Frequent words whose vectors serve search")
    keep_releases: int = Field(default=3, ge=1, le=1000, description="Releases kept to roll back to")
    overrides: str | None = Field(
        default=None,
        min_length=1,
        description="Editors' overrides (docs/editing.md): a TOML file; a relative path starts at this file",
    )
    teach: str | None = Field(
        default=None,
        min_length=1,
        description="Truth of your own that the vectors learn from if that helps with artists it does not "
        "name: a TSV file with columns artist and similar, or listener, artist and plays",
    )


class ScheduleSection(BaseModel):
    """What `linernotes schedule` keeps running: `[schedule]`."""

    model_config = _STRICT

    poll_seconds: Duration = Field(
        default=30, description="How often the database is asked what is due: seconds, or 1m, 1h"
    )
    crawl_for: Duration = Field(
        default=21_600,
        description="Longest time of one crawl, after which its pages are read, mining has its turn, and the "
        "crawl goes on",
    )
    mine_every: Duration = Field(default=86_400, description="Time between two runs of mining, such as 1d")
    metrics: Address | None = Field(
        default=None,
        description="HOST:PORT to serve /metrics and /health on, such as 127.0.0.1:9464; "
        "not served when not given",
    )


class Settings(BaseSettings):
    """All settings of one run."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        # One split: LINERNOTES_CRAWL_DELAY_SECONDS is crawl.delay_seconds.
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
    )

    database: str = Field(
        default="sqlite:///linernotes.db",
        min_length=1,
        description="SQLAlchemy URL of the database; in a file, a relative SQLite path starts at the file",
    )
    cache: str | None = Field(
        default=None,
        min_length=1,
        description="Directory of the files that look-ups map into memory, made from each release; beside a "
        "SQLite database, or for PostgreSQL in the user's cache directory, when not given",
    )
    artists: Texts = Field(
        default=(),
        description="Registry files that `run` imports: CSV or a MusicBrainz JSON dump; "
        "in a file, relative paths start at the file",
    )
    sources: tuple[SourceSettings, ...] = Field(default=(), description="Sources that `run` adds")
    crawl: CrawlSection = Field(
        default_factory=CrawlSection, description="How to behave towards other people's servers"
    )
    mine: MineSection = Field(default_factory=MineSection, description="How to mine")
    schedule: ScheduleSection = Field(
        default_factory=ScheduleSection, description="What `linernotes schedule` keeps running"
    )
    service: ServiceSection = Field(
        default_factory=ServiceSection, description="How `linernotes serve` answers"
    )


def load_settings(file: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Join flags, environment, the file and the defaults; relative paths of the file start at the file.

    Raises ConfigError, naming where the value stands, the key and what is allowed.
    """
    content = _rebased(read_toml(file, "configuration file"), file.parent) if file else {}

    class Loaded(Settings):
        """The settings with this file as their third source."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            environment = InitSettingsSource(settings_cls, _of_people(env_settings()))
            return init_settings, environment, InitSettingsSource(settings_cls, dict(content))

    try:
        return Loaded(**(flags or {}))
    except ValidationError as error:
        raise explain_invalid(error, Settings, flags or {}, file) from error
    except SettingsError as error:
        raise ConfigError(
            f"An environment variable cannot be read: {' '.join(str(error).split())}."
        ) from error


def _of_people(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What the environment sets, without what Kubernetes tells of a service that is called linernotes.

    That is LINERNOTES_SERVICE_HOST, LINERNOTES_SERVICE_PORT and LINERNOTES_SERVICE_PORT_NAME, in every pod.
    """
    service = environment.get("service")
    if not isinstance(service, dict):
        return dict(environment)
    kept = {key: value for key, value in service.items() if not key.startswith(("host", "port"))}
    return {**environment, "service": kept}


def _rebased(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The content of a file with its relative paths made to start at the file, wherever we run."""
    rebased = dict(content)
    rebased["database"] = _rebased_url(content.get("database", "sqlite:///linernotes.db"), folder)
    artists = content.get("artists", [])
    if isinstance(artists, str):
        artists = [artists]
    if isinstance(artists, list) and all(isinstance(path, str) for path in artists):
        rebased["artists"] = [str(folder / path) for path in artists]
    if isinstance(content.get("cache"), str) and content["cache"]:
        rebased["cache"] = str(folder / content["cache"])
    for name, keys in _FILES.items():
        section = content.get(name)
        if isinstance(section, dict):
            files = {key: section[key] for key in keys if isinstance(section.get(key), str)}
            rebased[name] = section | {key: str(folder / file) for key, file in files.items() if file}
    return rebased


def _rebased_url(url: object, folder: Path) -> object:
    prefix = "sqlite:///"
    if not isinstance(url, str) or not url.startswith(prefix) or url in {prefix, f"{prefix}:memory:"}:
        return url
    return f"{prefix}{folder / url.removeprefix(prefix)}"
