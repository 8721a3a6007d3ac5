"""How `linernotes serve` answers: `[service]`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from linernotes.listening import parse_address


def _address(value: str) -> str:
    parse_address(value)
    return value


def _listed(value: object) -> object:
    """One text may stand for a list of one; in the environment, several are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class ServiceSection(BaseModel):
    """How to answer over HTTP: `[service]`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    listen: Annotated[str, AfterValidator(_address)] = Field(
        default="127.0.0.1:8080",
        description="HOST:PORT to answer on; an address that others can reach needs tokens_file",
    )
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer")
    tokens_file: str | None = Field(
        default=None,
        min_length=1,
        description="File of bearer tokens, made by `linernotes serve --new-token`; a relative path starts "
        "at this file",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(), description="Origins whose pages may ask, such as https://radio.example; * for all"
    )
    rate_limit: float = Field(
        default=100,
        ge=0,
        le=1_000_000,
        description="Requests per second of one token, or of one address without a token; 0 for no limit",
    )
    rate_burst: int = Field(
        default=500, ge=1, le=1_000_000, description="Requests that may come at once before the limit counts"
    )
    max_limit: int = Field(default=1000, ge=1, le=100_000, description="Highest limit of a listing")
    max_seeds: int = Field(default=50, ge=1, le=1000, description="Most seeds, or artists left out, at once")
    max_bulk: int = Field(default=1000, ge=1, le=100_000, description="Most artists of one bulk look-up")
    max_body_bytes: int = Field(
        default=262_144, ge=1_000, le=100_000_000, description="Longest body of a request"
    )
    max_url_bytes: int = Field(
        default=8_192, ge=200, le=65_536, description="Longest path and query of a request"
    )
    timeout_seconds: float = Field(
        default=30, gt=0, le=3600, description="How long one answer may take before 503 is given"
    )
    threads: int = Field(default=4, ge=1, le=15, description="Look-ups under way at once in one process")
    max_waiting: int = Field(
        default=256, ge=1, le=100_000, description="Look-ups that may wait for a thread; others get 503"
    )
    cache_megabytes: int = Field(
        default=64, ge=0, le=100_000, description="Memory for answers of the current release, in each process"
    )
    gzip_level: int = Field(default=4, ge=0, le=9, description="How hard answers are compressed; 0 for never")
    access_log: bool = Field(default=False, description="Whether each request is logged")
    trust_proxy: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(),
        description="Addresses of reverse proxies whose X-Forwarded-For and -Proto headers are believed",
    )
    shutdown_seconds: int = Field(
        default=10, ge=0, le=3600, description="How long requests under way may take when the service ends"
    )
