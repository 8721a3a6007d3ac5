"""Schemathesis asks what OpenAPI allows, and what it forbids: nothing may fail, and every answer be as told.

`make fuzz` asks more.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_asgi

from linernotes.catalog import open_catalog
from linernotes.service.app import create_app
from linernotes.service.examples import EXAMPLES
from linernotes.service.settings import ServiceSection
from store.engine import connect
from tests.linernotes.service.conftest import fill

TAKE_NOTHING = {"get_map", "get_release", "get_state", "get_liveness", "get_readiness", "get_health"}
QUESTIONS = int(os.environ.get("LINERNOTES_FUZZ_QUESTIONS", "15"))
CONFIG = Path(__file__).parents[3] / "schemathesis.toml"


@asynccontextmanager
async def _lasting(_app: object) -> AsyncIterator[None]:
    yield


@pytest.fixture(scope="module")
def described(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[schemathesis.BaseSchema]:
    file = tmp_path_factory.mktemp("fuzzed") / "linernotes.db"
    copyfile(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    fill(engine)
    engine.dispose()
    app = create_app(open_catalog(f"sqlite:///{file}"), ServiceSection(rate_limit=0))
    app.router.lifespan_context = _lasting  # schemathesis begins and ends it with every question
    yield from_asgi("/openapi.json", app, config=SchemathesisConfig.from_path(CONFIG))
    app.state.answering.close()


def _operation(described: schemathesis.BaseSchema, name: str) -> Any:  # noqa: ANN401 - schemathesis names no public type
    found = (result.ok() for result in described.get_all_operations())
    return next(each for each in found if each.definition.raw["operationId"] == name)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, GenerationMode.POSITIVE) for name in [*EXAMPLES, "get_metrics"]),
        *((name, GenerationMode.NEGATIVE) for name in EXAMPLES if name not in TAKE_NOTHING),
    ],
)
def test_no_question_makes_the_service_fail(
    described: schemathesis.BaseSchema, name: str, mode: GenerationMode
) -> None:
    @given(_operation(described, name).as_strategy(generation_mode=mode))
    @settings(
        max_examples=QUESTIONS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        case.call_and_validate()

    ask()
