"""The command line as a person uses it: in an empty directory, with nothing set."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from linernotes.cli.app import run


@dataclass(frozen=True, slots=True)
class Result:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The array that --json printed."""
        rows = json.loads(self.out)
        assert isinstance(rows, list)
        return rows

    @property
    def error(self) -> str:
        """The one line of stderr that is no log line."""
        lines = [line for line in self.err.splitlines() if not line.startswith("{")]
        assert len(lines) == 1, self.err
        return lines[0]


Call = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory, and no settings in the environment."""
    for name in [name for name in os.environ if name.startswith("LINERNOTES_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in `home`."""

    def run_here(*arguments: str) -> Result:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(code, captured.out, captured.err)

    return run_here
