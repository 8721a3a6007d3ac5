"""`linernotes serve` as a process: it starts, answers, counts over several workers, and ends in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import Engine

from linernotes.service.tokens import read_tokens
from tests.linernotes.conftest import Call, call, home  # noqa: F401 - fixtures
from tests.linernotes.service.conftest import fill


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _serve(engine: Engine, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = _free_port()
    database = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "linernotes", "--database", database, "serve", *arguments]
    process = subprocess.Popen([*command, "--listen", f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{base}/health/live")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        yield process, base
    finally:
        process.kill()
        process.communicate()


def test_it_answers_logs_and_ends_in_order_at_sigterm(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    with _serve(sqlite_engine, "--set", "service.access_log=true") as (process, base):
        assert httpx.get(f"{base}/v1/artists/1/similar").json()["items"][0]["artist_id"] == 2
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert '"path": "/v1/artists/1/similar"' in told
    assert "Traceback" not in told


def test_several_workers_count_together(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    with _serve(sqlite_engine, "--workers", "2") as (process, base):
        for _ in range(12):
            assert httpx.get(f"{base}/v1/terms").status_code == 200
        told = httpx.get(f"{base}/metrics").text
        assert 'linernotes_http_requests_total{method="GET",route="/v1/terms",status="200"} 12.0' in told
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_an_address_that_is_taken_is_told_in_a_sentence(sqlite_engine: Engine, call: Call) -> None:  # noqa: F811 - a fixture
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        result = call("--database", str(sqlite_engine.url), "serve", "--listen", address)
    assert result.code == 1
    assert "The service cannot listen on" in result.err


def test_an_open_address_needs_tokens(sqlite_engine: Engine, call: Call) -> None:  # noqa: F811 - a fixture
    result = call("--database", str(sqlite_engine.url), "serve", "--listen", "0.0.0.0:8080")
    assert result.code == 2
    assert "--new-token" in result.err


def test_a_database_that_is_missing_is_told_before_anything_listens(call: Call) -> None:  # noqa: F811 - a fixture
    result = call("serve")
    assert result.code == 3
    assert "There is no database" in result.err


def test_a_new_token_is_printed_once(call: Call, home: Path) -> None:  # noqa: F811 - fixtures
    assert call("serve", "--new-token", "radio").code == 2
    result = call(
        "--set", "service.tokens_file=tokens", "serve", "--new-token", "radio", "--scope", "metrics"
    )
    assert result.code == 0
    assert len(result.out.strip()) == 43
    (token,) = read_tokens(home / "tokens")
    assert (token.name, token.scopes) == ("radio", frozenset({"metrics"}))
    assert call("--set", "service.tokens_file=tokens", "serve", "--new-token", "a b").code == 2


def test_the_command_line_does_not_wait_for_the_service(tmp_path: Path) -> None:
    code = "import sys, linernotes.cli.similarity, linernotes.client; print('fastapi' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert told.stdout.strip() == "False"
