"""`linernotes serve` as a process of its own, and how much memory it takes meanwhile."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN = 60.0


@dataclass(slots=True)
class Served:
    """A running service: its port, and its resident memory in MB, second by second.

    Without pages of files that are mapped (the database, the vectors): these are the system's to take back,
    and are counted once for every connection that has mapped them.
    """

    port: int
    pid: int
    megabytes: list[float] = field(default_factory=list)

    def growth(self) -> str:
        """Memory when everything had been asked for once (after a fifth of the time), and at the end."""
        early = self.megabytes[len(self.megabytes) // 5 :][:1] or [0.0]
        late, most = self.megabytes[-1], max(self.megabytes)
        return f"{early[0]:.0f} MB after a fifth, {late:.0f} MB at the end, {most:.0f} MB most"


@contextmanager
def service(url: str, port: int, *settings: str) -> Iterator[Served]:
    """Run the service on a database until the context ends."""
    given = [part for setting in ("service.rate_limit=0", *settings) for part in ("--set", setting)]
    command = [
        sys.executable,
        "-m",
        "linernotes",
        "--database",
        url,
        "serve",
        "--listen",
        f"127.0.0.1:{port}",
    ]
    process = subprocess.Popen([*command, *given], stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        served = Served(port, process.pid)
        over = threading.Event()
        watching = threading.Thread(target=_watch, args=(served, over), daemon=True)
        watching.start()
        yield served
        over.set()
        watching.join()
    finally:
        process.terminate()
        process.wait(30)


def get(
    connection: http.client.HTTPConnection, path: str, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Ask once: status, headers and content."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            if get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The service did not start.")


def _watch(served: Served, over: threading.Event) -> None:
    while True:
        status = Path(f"/proc/{served.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
        served.megabytes.append(int(line.split()[1]) / 1024)
        if over.wait(1):
            return
