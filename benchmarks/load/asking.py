"""Who asks: threads that keep a connection each, put all kinds of questions, and check the answers."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.load.process import get
from benchmarks.load.synthetic import TERMS, name_of

Answer = tuple[int, http.client.HTTPMessage, bytes]


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question: its path, and the statuses that are right."""

    name: str
    path: Callable[[random.Random, int], str]
    right: frozenset[int] = frozenset({200})


def _artist(chance: random.Random, artists: int) -> int:
    return chance.randrange(artists) + 1


MIXED: tuple[Question, ...] = (
    Question("similar", lambda c, n: f"/v1/artists/{_artist(c, n)}/similar"),
    Question(
        "similar by name", lambda c, n: f"/v1/artists/{name_of(_artist(c, n)).replace(' ', '%20')}/similar"
    ),
    Question("similar, seeds", lambda c, n: f"/v1/similar?seed={_artist(c, n)}&seed={_artist(c, n)}^0.5"),
    Question("similar, filtered", lambda c, n: f"/v1/artists/{_artist(c, n)}/similar?min_familiarity=0.3"),
    Question("similar, reasons", lambda c, n: f"/v1/artists/{_artist(c, n)}/similar?limit=3&explain=true"),
    Question("dissimilar", lambda c, n: f"/v1/artists/{_artist(c, n)}/dissimilar"),
    Question("terms", lambda c, n: f"/v1/artists/{_artist(c, n)}/terms"),
    Question("artist", lambda c, n: f"/v1/artists/{_artist(c, n)}"),
    Question("suggest", lambda c, n: f"/v1/suggest?q=artist%20{_artist(c, n) // 10}"),
    Question("explanation", lambda c, n: f"/v1/explanation?a={_artist(c, n)}&b={_artist(c, n)}"),
    Question("comparison", lambda c, n: f"/v1/comparison?a={_artist(c, n)}&b={_artist(c, n)}"),
    Question(
        "search", lambda c, n: f"/v1/search?q=term{c.randrange(n // 50 * 7 % TERMS)}", frozenset({200, 404})
    ),
    Question("artists", lambda c, n: f"/v1/artists?limit=50&offset={c.randrange(n)}"),
    Question("terms of release", lambda c, n: f"/v1/terms?limit=50&offset={c.randrange(1000)}"),
    Question("artists of term", lambda c, n: f"/v1/terms/term{c.randrange(100)}/artists?limit=20"),
    Question("vectors", lambda c, n: f"/v1/vectors?limit=50&after={_artist(c, n)}&format=arrow"),
    Question("release", lambda c, n: "/v1/releases/current"),
    Question("openapi", lambda c, n: "/openapi.json"),
    Question("metrics", lambda c, n: "/metrics"),
    Question("health", lambda c, n: "/health"),
    Question("unknown artist", lambda c, n: f"/v1/artists/Artst%20{_artist(c, n)}/terms", frozenset({404})),
    Question("unknown path", lambda c, n: f"/v1/{c.randrange(n)}", frozenset({404})),
    Question("bad question", lambda c, n: f"/v1/artists/1/similar?limit={-c.randrange(n)}", frozenset({422})),
)


@dataclass(slots=True)
class Asked:
    """What came of it: milliseconds by kind of question, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)

    def count(self) -> int:
        """How many questions were answered."""
        return sum(map(len, self.times.values()))


def ask_for(
    seconds: float,
    port: int,
    artists: int,
    questions: Sequence[Question] = MIXED,
    *,
    clients: int = 4,
    check: Callable[[str, Answer], str | None] = lambda _path, _answer: None,
) -> Asked:
    """Ask for so long; `check` may say what is wrong with an answer."""
    asked, lock, until = Asked(), threading.Lock(), time.monotonic() + seconds

    def client(number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            question = chance.choice(questions)
            path, began = question.path(chance, artists), time.perf_counter()
            try:
                answer = get(connection, path)
                wrong = check(path, answer) if answer[0] in question.right else f"{path}: {_told(answer)}"
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                wrong = f"{question.name}: {type(error).__name__}"
            spent = (time.perf_counter() - began) * 1000
            with lock:
                asked.times.setdefault(question.name, []).append(spent)
                if wrong is not None:
                    asked.wrong[wrong] += 1

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return asked


def percentile(times: Sequence[float], share: float) -> float:
    """The time below which this share of them lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _told(answer: Answer) -> str:
    try:
        detail = json.loads(answer[2]).get("detail", "")
    except ValueError:
        detail = ""
    return f"{answer[0]} {detail}"
