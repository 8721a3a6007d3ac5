"""The dashboard and the alerts: they ask for what linernotes tells, and a real Prometheus answers them."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert

from linernotes.metrics import MetricsCache
from linernotes.metrics_server import metrics_server
from linernotes.service.tokens import new_token
from store.engine import connect
from store.jobs import begin_run, finish_run
from store.models import DomainRow
from store.records import Source
from store.sources import add_source
from tests.small_release import add_artist, add_document, add_page, publish

RECIPES = Path(__file__).parent.parent / "examples" / "deployment"
DASHBOARD = json.loads((RECIPES / "grafana" / "dashboards" / "linernotes.json").read_text())
RULES = yaml.safe_load((RECIPES / "prometheus" / "alerts.yaml").read_text())
DATA_SOURCE = yaml.safe_load((RECIPES / "grafana/provisioning/datasources/prometheus.yaml").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
ALERTS = [(rule["alert"], rule["expr"]) for group in RULES["groups"] for rule in group["rules"]]
_METRIC = re.compile(r"\b(?:linernotes|process)_[a-z_]+\b(?!-)")
_SECONDS = 60


def _wait_for(what: str, condition: Any) -> Any:  # noqa: ANN401 - whatever the condition gives
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen within {_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _get(url: str, token: str | None = None) -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urlopen(Request(url, headers=headers), timeout=10) as answer:
        return bytes(answer.read())


def _answers(url: str) -> bool:
    try:
        _get(url)
    except (URLError, ConnectionError):
        return False
    return True


@contextmanager
def _process(*command: str | Path, log: Path) -> Iterator[None]:
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            yield
        finally:
            process.terminate()


def _fill(engine: Engine) -> None:
    """Something of everything that is counted."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        source = add_source(connection, Source("https://blog.example/feed/", "feed"), now)
        for number in range(3):
            add_page(connection, f"https://blog.example/{number}", source.id, domain="blog.example")
        for state, reason in (
            ("queued", None),
            ("refused", "robots.txt disallows it"),
            ("failed", "timed out"),
        ):
            url = f"https://blog.example/{state}"
            add_page(connection, url, source.id, domain="blog.example", state=state, reason=reason)
        late = {"domain": "blog.example", "ready_at": now - timedelta(minutes=5)}
        connection.execute(insert(DomainRow).values(late))
        for job in ("crawl", "mine"):
            finish_run(connection, begin_run(connection, job, "h:1:x"), "done", {})
        one, other = add_artist(connection, "The Larks"), add_artist(connection, "Owl Choir")
        add_document(connection, "https://blog.example/0", "The Larks are bright.", about=[one])
        publish(connection, {one: {"bright": 0.3}, other: {"dark": 0.2}}, {one: [1, 0.2], other: [1, 0.4]})


class Watched:
    """A service, the metrics of a database, and a Prometheus that scrapes both."""

    def __init__(self, service: str, token: str, database_metrics: str, prometheus: str | None) -> None:
        self._texts = [(f"{service}/metrics", token), (f"{database_metrics}/metrics", None)]
        self._prometheus = prometheus

    def names(self) -> set[str]:
        """The names of all samples that are told."""
        texts = [_get(url, token).decode() for url, token in self._texts]
        families = [family for text in texts for family in text_string_to_metric_families(text)]
        return {sample.name for family in families for sample in family.samples}

    def ask(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 - JSON
        """What the API of Prometheus answers; skips where there is none."""
        if self._prometheus is None:
            pytest.skip("there is no `prometheus` here (Debian's package prometheus)")
        try:
            answer = _get(f"{self._prometheus}/api/v1/{path}?{urlencode(parameters)}")
        except HTTPError as error:
            answer = error.read()
        return json.loads(answer)


@pytest.fixture(scope="module")
def watched(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    url = f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'linernotes.db')}"
    engine = connect(url)
    _fill(engine)
    engine.dispose()
    read, scrape = new_token(folder / "tokens", "test"), new_token(folder / "tokens", "prometheus", "metrics")
    (folder / "metrics_token").write_text(scrape)
    registry = CollectorRegistry()
    registry.register(MetricsCache(url))
    ProcessCollector(registry=registry)
    service = f"127.0.0.1:{_free_port()}"
    serve = [sys.executable, "-m", "linernotes", "--database", url, "serve", "--listen", service]
    serve += ["--set", f"service.tokens_file={folder / 'tokens'}"]
    with ExitStack() as stack:
        port = stack.enter_context(metrics_server("127.0.0.1:0", registry, lambda: True))
        stack.enter_context(_process(*serve, log=folder / "service.log"))
        _wait_for("that the service answers", lambda: _answers(f"http://{service}/health/live"))
        prometheus = None
        if shutil.which("prometheus"):
            prometheus = stack.enter_context(_prometheus(folder, service, f"127.0.0.1:{port}"))
        watched = Watched(f"http://{service}", read, f"http://127.0.0.1:{port}", prometheus)
        for _ in range(2):
            _get(f"http://{service}/v1/artists/1/similar", read)
            time.sleep(2.5 if prometheus else 0)  # a rate needs two scrapes
        yield watched


@contextmanager
def _prometheus(folder: Path, service: str, scheduler: str) -> Iterator[str]:
    """Prometheus with our configuration, except for the addresses and the pace."""
    shutil.copytree(RECIPES / "prometheus", folder / "prometheus")
    file = folder / "prometheus" / "prometheus.yaml"
    text = file.read_text().replace("scheduler:9464", scheduler).replace("service:8080", service)
    text = text.replace("/run/secrets/metrics_token", str(folder / "metrics_token"))
    file.write_text(re.sub(r"_interval: \w+", "_interval: 1s", text))
    address = f"127.0.0.1:{_free_port()}"
    options = (
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={address}",
    )
    with _process("prometheus", *options, log=folder / "prometheus.log"):
        _wait_for("that Prometheus is ready", lambda: _answers(f"http://{address}/-/ready"))
        yield f"http://{address}"


def test_every_metric_that_is_asked_for_is_told(watched: Watched) -> None:
    asked = {name for _, query in QUERIES + ALERTS for name in _METRIC.findall(query)}
    asked |= {
        name for note in DASHBOARD["annotations"]["list"] for name in _METRIC.findall(note.get("expr", ""))
    }
    assert len(asked) > 20
    assert asked - watched.names() == set()


def test_the_page_tells_every_metric_and_every_alert(watched: Watched) -> None:
    page = (Path(__file__).parent.parent / "docs" / "monitoring.md").read_text()
    ours = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in watched.names()}
    told = {name.removesuffix("_total") for name in _METRIC.findall(page)}
    assert {name for name in ours if name.startswith("linernotes_")} - told == set()
    assert [alert for alert, _ in ALERTS if f"`{alert}`" not in page] == []


def test_prometheus_reaches_the_scheduler_and_the_service(watched: Watched) -> None:
    def reached() -> bool:
        targets = watched.ask("targets")["data"]["activeTargets"]
        return [target["health"] for target in targets] == ["up", "up"]

    _wait_for("that both are scraped", reached)


@pytest.mark.parametrize(
    ("panel", "query"), QUERIES, ids=[f"{title}-{n}" for n, (title, _) in enumerate(QUERIES)]
)
def test_a_panel_has_data(watched: Watched, panel: str, query: str) -> None:
    def result() -> Any:  # noqa: ANN401 - JSON
        answer = watched.ask("query", query=query)
        assert answer["status"] == "success", answer
        return answer["data"]["result"]

    assert _wait_for(f"that there is data in {panel}", result)


@pytest.mark.parametrize(("alert", "query"), ALERTS)
def test_an_alert_is_understood(watched: Watched, alert: str, query: str) -> None:
    def health() -> str | None:
        groups = watched.ask("rules")["data"]["groups"]
        found = {rule["name"]: rule for group in groups for rule in group["rules"]}
        return str(found[alert]["health"]) if found[alert]["health"] != "unknown" else None

    assert _wait_for(f"that {alert} is evaluated", health) == "ok"


def test_the_dashboard_reads_from_the_source_that_is_provisioned() -> None:
    (source,) = DATA_SOURCE["datasources"]
    used = {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]}
    assert used == {source["uid"]}


def test_the_dashboard_has_the_shape_that_grafana_reads() -> None:
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(numbers) == len(set(numbers))
    assert {panel["type"] for panel in DASHBOARD["panels"]} == {"row", "stat", "timeseries"}
    for panel in PANELS:
        assert panel["description"]
        assert [target["refId"] for target in panel["targets"]] == list("ABC")[: len(panel["targets"])]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


def test_no_two_panels_lie_over_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        taken |= cells


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for group in RULES["groups"]:
        for rule in group["rules"]:
            assert set(rule["annotations"]) == {"summary", "description"}
            assert rule["labels"]["severity"] in {"critical", "warning", "info"}


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no `promtool` here (Debian's package prometheus)"
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "--syntax-only", "prometheus.yaml"),
        ("check", "rules", "alerts.yaml"),
        ("test", "rules", "alerts_test.yaml"),
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=RECIPES / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried_with_and_without_what_it_is_about() -> None:
    tried = yaml.safe_load((RECIPES / "prometheus" / "alerts_test.yaml").read_text())
    cases = [case for test in tried["tests"] for case in test["alert_rule_test"]]
    quiet = {case["alertname"] for case in cases if not case["exp_alerts"]}
    told = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert quiet >= {name for name, _ in ALERTS}
    assert told == {name for name, _ in ALERTS}
