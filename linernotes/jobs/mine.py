"""The job `mine`: read what is new, then make and publish a release."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine

from linernotes.jobs.describing import describe, used_terms
from linernotes.jobs.editing import Editing, open_editing
from linernotes.jobs.learning import learn
from linernotes.jobs.mapping import DrawnMap, Placed, draw_map, placed_by_mining
from linernotes.jobs.material import load_material
from linernotes.jobs.mining import MineEvent, MineReport, MiningSettings, OnEvent
from linernotes.jobs.read import Reading, read_documents
from linernotes.jobs.release_rows import Mined, Near, neighbours_wanted, release_rows
from linernotes.jobs.tag import tag_new_words
from linernotes.jobs.unknown_artists import find_unknown_artists
from linernotes.release_files.making import make_files
from nlp.neighbours import nearest
from nlp.tagging import model_name
from nlp.teaching import Teaching
from store.errors import LinernotesError
from store.map_material import last_map
from store.mining import parts_of_speech, registry_size
from store.nearest import sweep_indexes
from store.releases import (
    ReleaseInfo,
    begin_release,
    complete_release,
    list_releases,
    prune_releases,
    publish_release,
    write_release,
    write_totals,
)
from store.snapshot import snapshot

ENGINE = "local"


class NothingToMine(LinernotesError):
    """There is no text, or no artist, to mine."""


def mine(engine: Engine, settings: MiningSettings, *, on_event: OnEvent = lambda event: None) -> MineReport:
    """Mine everything in the database and publish the result as a release.

    Only documents that are new or changed are read. When nothing that a release depends on changed since the
    published one, that one stays. A run that is killed leaves the published release as it was; the next run
    goes on where reading stopped and ends with the release of an undisturbed run. Raises NothingToMine for an
    empty registry or corpus, or when no text names an artist.
    """
    began = time.monotonic()
    _refuse_missing_model()
    _refuse_empty_registry(engine)
    with engine.connect() as connection:
        editing = open_editing(connection, settings.overrides)
    reading = read_documents(engine, settings, editing, on_event)
    if not reading.states:
        raise NothingToMine(
            "There is no document to mine; add some with `linernotes crawl` or `linernotes import`."
        )
    digest = _input_digest(reading, settings)
    current = _unchanged(engine, digest)
    if current and not reading.read:
        return _report(reading, _Made(current, 0, None), published=False, began=began)
    made = _make_release(engine, reading, digest, settings, editing=editing, on_event=on_event)
    return _report(reading, made, published=True, began=began)


def _refuse_missing_model() -> None:
    try:
        model_name()
    except LookupError as error:
        raise NothingToMine(f"The words cannot be tagged: {error}.") from error


def _refuse_empty_registry(engine: Engine) -> None:
    with engine.connect() as connection:
        if not registry_size(connection):
            raise NothingToMine("The registry has no artist; add some with `linernotes artists import FILE`.")


def _unchanged(engine: Engine, digest: str) -> ReleaseInfo | None:
    """The published release, if the newest was made from the same input.

    The two differ after a rollback, which stands until there is something new to mine.
    """
    with engine.connect() as connection:
        releases = [release for release in list_releases(connection) if release.state == "ready"]
    if not releases or releases[0].input_digest != digest:
        return None
    return next((release for release in releases if release.published), None)


def _input_digest(reading: Reading, settings: MiningSettings) -> str:
    """What the release depends on: texts and their sources and dates, registry, parameters and the tagger."""
    sha = hashlib.sha256(json.dumps(settings.parameters(), sort_keys=True).encode())
    for part in (reading.registry_digest, model_name()):
        sha.update(part.encode())
    for state in sorted(reading.states, key=lambda state: state.url):
        facts = (state.url, state.digest, state.title, state.source, state.published)
        sha.update("\t".join(map(str, facts)).encode() + b"\n")
    return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class _Made:
    """A release, how many words were tagged for it, and what a truth of the user's own brought.

    `trouble` is why its files could not be written, if so.
    """

    release: ReleaseInfo
    tagged: int
    teaching: Teaching | None
    trouble: str = ""


def _make_release(
    engine: Engine,
    reading: Reading,
    digest: str,
    settings: MiningSettings,
    *,
    editing: Editing,
    on_event: OnEvent,
) -> _Made:
    with snapshot(engine) as connection:
        material = load_material(connection, settings, editing)
        tagged = parts_of_speech(connection)
    if not material.documents:
        raise NothingToMine(
            f"None of the {len(reading.states)} documents is about music; "
            "set `mine.min_musicality` to 0 to mine them all the same."
        )
    if not len(material.spans.artist):
        raise NothingToMine(
            f"None of the {len(material.documents)} documents names an artist of the registry; "
            "check `linernotes artists list` and the labels of the import."
        )
    ids = [document.id for document in material.documents]
    newly_tagged = tag_new_words(engine, material.corpus, ids, tagged, on_event)
    with engine.connect() as connection:
        parts = parts_of_speech(connection)
    unknown = find_unknown_artists(engine, material)
    learned = learn(material, settings, on_event)
    described = describe(material, parts, learned, settings)
    near = nearest(learned.vectors, neighbours_wanted(material, settings))
    drawn = None
    if settings.draw_map:
        drawn = _drawn(engine, placed_by_mining(material, learned, described), near, on_event)
    mined = Mined(material, learned, described, unknown, near, drawn)
    release, trouble = _write(engine, digest, mined, settings, on_event)
    return _Made(release, newly_tagged, learned.teaching, trouble)


def _drawn(engine: Engine, placed: Placed, near: Near, on_event: OnEvent) -> DrawnMap:
    """The map, drawn on from the last one, so that it does not look different every day."""
    with engine.connect() as connection:
        before = last_map(connection)
    return draw_map(placed, near, before, on_event)


def _write(
    engine: Engine, digest: str, mined: Mined, settings: MiningSettings, on_event: OnEvent
) -> tuple[ReleaseInfo, str]:
    """Write it beside the published one, make its files, then publish: a reader sees one or the other whole.

    In two transactions, so that nobody who writes waits for the files of a large release, and nobody who
    reads finds the release without them.
    """
    on_event(MineEvent("write", 0, 1))
    parameters = settings.parameters() | {"tagger": model_name()}
    with engine.begin() as connection:
        release = begin_release(connection, engine=ENGINE, parameters=parameters, input_digest=digest)
        write_release(connection, release, release_rows(mined, settings))
        write_totals(
            connection,
            release,
            documents=len(mined.material.documents),
            artists=len(mined.learned.rows),
            terms=len(used_terms(mined.described)),
            metrics=_metrics(mined),
        )
    on_event(MineEvent("write", 1, 1))
    on_event(MineEvent("files", 0, 1))
    trouble = make_files(engine, settings.cache, release)
    with engine.begin() as connection:
        complete_release(connection, release)
        publish_release(connection, release)
        prune_releases(connection, settings.keep_releases)
        info = next(each for each in list_releases(connection) if each.release_id == release)
    sweep_indexes(engine)
    trouble = trouble or make_files(engine, settings.cache)  # of what is gone now, files go as well
    on_event(MineEvent("files", 1, 1))
    return info, trouble


def _metrics(mined: Mined) -> dict[str, Any]:
    """What was measured while the release was made."""
    measured: dict[str, Any] = {"words": sum(document.words for document in mined.material.documents)}
    if mined.learned.teaching:
        measured["teaching"] = asdict(mined.learned.teaching)
    if mined.drawn:
        measured["map"] = mined.drawn.metrics()
    return measured


def _report(reading: Reading, made: _Made, *, published: bool, began: float) -> MineReport:
    release = made.release
    return MineReport(
        documents=len(reading.states),
        read=reading.read,
        words_read=reading.words,
        tagged_words=made.tagged,
        artists=release.artists,
        terms=release.terms,
        release_id=release.release_id,
        published=published,
        seconds=time.monotonic() - began,
        unlinked_labels=reading.unlinked_labels,
        teaching=made.teaching,
        trouble=made.trouble,
    )
