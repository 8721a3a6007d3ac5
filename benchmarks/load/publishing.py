"""Releases that are published, rolled back, written and pruned while somebody asks."""

from __future__ import annotations

import json
import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from benchmarks.load.asking import Answer, Question
from benchmarks.load.synthetic import add_release, mark_of
from store.releases import prune_releases, publish_release

SWITCH_SECONDS = 0.1
"""Between two switches: far quicker than anybody publishes."""

WRITE_EVERY = 30
"""A new release is written after so many switches."""

MARKED: tuple[Question, ...] = (
    Question("terms", lambda c, n: f"/v1/artists/{c.randrange(n) + 1}/terms?limit=1"),
    Question("similar", lambda c, n: f"/v1/artists/{c.randrange(n) + 1}/similar?limit=1"),
    Question("the same again", lambda c, n: "/v1/artists/1/similar?limit=1"),
    Question("two seeds", lambda c, n: "/v1/similar?seed=1&seed=2&limit=1"),
    Question("artists of the mark", lambda c, n: "/v1/terms/term1/artists?limit=1"),
    Question("most used terms", lambda c, n: "/v1/terms?limit=1&prefix=mark"),
)


class Agreement:
    """Collects which mark was seen with which release: each release may have one alone."""

    def __init__(self) -> None:
        self.seen: defaultdict[int, set[str]] = defaultdict(set)

    def check(self, _path: str, answer: Answer) -> str | None:
        """Compare what header, ETag and body of an answer say, and note the mark in it."""
        _, headers, content = answer
        body = json.loads(content)
        number = body["release"]
        if headers["linernotes-release"] != str(number):
            return f"the header says release {headers['linernotes-release']}, the body {number}"
        if not headers["etag"].startswith(f'W/"{number}-'):
            return f"the ETag {headers['etag']} is not of release {number}"
        marks = {word for item in body["items"] for word in (item.get("term"), *item.get("shared", ()))}
        self.seen[number] |= {word for word in marks if word and word.startswith("mark")}
        return None

    def mixed(self, marks: dict[int, str]) -> list[str]:
        """Return what does not fit: releases with another mark than their own."""
        return [f"release {n}: {sorted(seen)}" for n, seen in self.seen.items() if not seen <= {marks[n]}]


@contextmanager
def publishing(engine: Engine, artists: int, marks: dict[int, str]) -> Iterator[list[int]]:
    """Publish one release after the other while the context lasts; yields the numbers as they come.

    `marks` has the mark of each release, and is added to.
    """
    over, published = threading.Event(), list[int]()

    def switch() -> None:
        chance = random.Random(1)
        while not over.wait(SWITCH_SECONDS):
            if len(published) % WRITE_EVERY == WRITE_EVERY - 1:
                turn = len(marks) + 1
                marks[add_release(engine, artists, turn)] = mark_of(turn)
                with engine.begin() as connection:
                    pruned = prune_releases(connection, 2)
                kept = [number for number in marks if number not in pruned]
            else:
                kept = sorted(marks)[-2:]
            number = chance.choice(kept[-2:])
            with engine.begin() as connection:
                publish_release(connection, number)
            published.append(number)

    thread = threading.Thread(target=switch)
    thread.start()
    try:
        yield published
    finally:
        over.set()
        thread.join()
