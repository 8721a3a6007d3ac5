"""The job `mine`, on small texts about invented artists; on both databases where these could differ."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, delete, text, update

from crawler.documents.deposit import deposit
from linernotes.jobs import read
from linernotes.jobs.mine import NothingToMine, mine
from linernotes.jobs.mining import MineEvent, MineReport, MiningSettings
from linernotes.release_files.opened import open_files
from linernotes.release_files.place import folder_of_database
from nlp.vectors import VectorSettings
from nlp.word2vec import Word2VecSettings
from store.artists import add_artists
from store.engine import connect
from store.lookups import published_key
from store.migrate import upgrade
from store.models import ArtistRow, DocumentRow
from store.records import Artist, Document
from store.releases import list_releases, rollback_release
from store.snapshot import snapshot
from store.types import Vector

SETTINGS = MiningSettings(
    min_words=20,
    neighbours=4,
    # Half of these artists share a genre; in a large corpus a word that so many share tells nothing.
    vectors=replace(VectorSettings(), fewest_artists=2, largest_share=0.6, fit_words=20, lsa_dimensions=8),
    word2vec=replace(Word2VecSettings(), dimensions=16, fewest_occurrences=2),
)
DREAMERS = ("Mossglass", "Velvet Harbour", "Pale Lanterns", "Harrowlane")
MACHINES = ("Kilowatt Choir", "Nine Volt Garden", "Circuit Orchard", "Driftrelay")
TEXTS = {
    "Mossglass": (
        "Mossglass bury their whispered vocals under walls of reverb and heavy guitars. The second "
        "record is dreamy shoegaze for grey mornings, and the guitars shimmer for minutes before a drum "
        "is heard.",
        "On stage Mossglass are louder than on record. Heavy guitars, dreamy vocals, and so much reverb "
        "that the room hums on after the last song. Velvet Harbour opened the night with a quieter set.",
    ),
    "Velvet Harbour": (
        "Velvet Harbour write dreamy pop songs and then drown them in reverb. The guitars are heavy, "
        "the vocals whispered, and the whole record feels like one long grey afternoon by the sea.",
        "A new single by Velvet Harbour: shimmering guitars, hushed vocals, a slow drum. It is shoegaze "
        "of the patient kind, close to Mossglass, and it ends in a cloud of reverb.",
    ),
    "Pale Lanterns": (
        "Pale Lanterns play slow shoegaze with heavy guitars and a voice that hardly rises above the "
        "reverb. Their record is dreamy and sad, and every song seems to end where it began.",
        "It took Pale Lanterns six years to follow their debut. The guitars still shimmer, the vocals "
        "are still whispered, but there is a new calm in these dreamy, patient songs.",
    ),
    "Harrowlane": (
        "Harrowlane come from the coast and sound like it: wide, dreamy guitars, whispered vocals, "
        "reverb like fog. This is shoegaze with heavy drums, and it is best heard on a slow walk home.",
        "The demo of Harrowlane was four songs of noise. The record keeps the heavy guitars and adds "
        "melody, so that the dreamy vocals can be heard at last over the reverb.",
    ),
    "Kilowatt Choir": (
        "Kilowatt Choir build cold techno from a single drum machine and two old synths. The bass is "
        "hypnotic, the beats are precise, and the best track runs for eleven minutes without a melody.",
        "A live set by Kilowatt Choir is one long hypnotic beat. Cold synths come and go, the drum "
        "machine never rests, and the bass shakes the glasses on the bar.",
    ),
    "Nine Volt Garden": (
        "Nine Volt Garden make minimal techno with a sense of humour. The drum machine stumbles, the "
        "synths are cold and cheap, and under it all a hypnotic bass keeps the dancers awake.",
        "After years of singles Nine Volt Garden deliver a whole album of electronic music: precise "
        "beats, cold synths, a bass that is felt before it is heard, and no vocals at all.",
    ),
    "Circuit Orchard": (
        "Circuit Orchard take minimal techno out of the club. The beats are precise but quiet, the "
        "synths cold, the bass hypnotic, and a drum machine ticks like rain on a tin roof.",
        "The label calls it electronic music for gardens. Circuit Orchard layer cold synths over a slow "
        "drum machine, much as Kilowatt Choir did, and let the hypnotic bass do the rest.",
    ),
    "Driftrelay": (
        "Driftrelay sound like a factory at night: a drum machine, cold synths, hypnotic bass and "
        "nothing else. It is techno for people who find other techno too friendly, and it is precise.",
        "Two long tracks, one idea each. Driftrelay let a bass figure turn for twenty minutes while "
        "synths and beats change around it, hypnotic and minimal electronic music to get lost in.",
    ),
}
NOTE = (
    "Heavy guitars and whispered vocals on an evening with {name}, number {number} of our notes on {topic}."
)
TOPICS = ("winter", "trains", "rivers", "lamps", "rain", "glass", "bread", "clocks", "paper", "smoke")


def corpus() -> list[Document]:
    return [
        Document(
            url=f"https://{'night' if number else 'day'}.example/{name.replace(' ', '-').lower()}",
            text=body,
            source="night.example" if number else "day.example",
            title=f"{name} – a review" if number else None,
            published=date(2024, 3, 1 + number * 7 + place),
            language="en",
        )
        for place, (name, bodies) in enumerate(TEXTS.items())
        for number, body in enumerate(bodies)
    ]


def later_notes(count: int = 10) -> list[Document]:
    return [
        Document(
            url=f"https://notes.example/{topic}",
            text=" ".join(
                [NOTE.format(name=DREAMERS[number % 4], number=number, topic=topic), f"More {topic} soon."]
                * 2
            ),
            source="notes.example",
            label=DREAMERS[number % 4],
        )
        for number, topic in enumerate(TOPICS[:count])
    ]


def register(engine: Engine, names: Sequence[str]) -> None:
    with engine.begin() as connection:
        add_artists(connection, [Artist(name) for name in names])


def add(engine: Engine, *documents: Document) -> None:
    with engine.begin() as connection:
        deposit(connection, documents)


@dataclass(frozen=True, slots=True)
class Template:
    """SQLite files to copy: making them takes longer than most tests."""

    filled: Path
    mined: Path


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    directory = tmp_path_factory.mktemp("template")
    files = Template(directory / "filled.db", directory / "mined.db")
    with opened(files.filled) as engine:
        upgrade(engine)
        fill(engine)
    shutil.copy(files.filled, files.mined)
    with opened(files.mined) as engine:
        run(engine)
    return files


@contextmanager
def opened(file: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def filled(template: Template, tmp_path: Path) -> Iterator[Engine]:
    """All artists and texts, not mined."""
    with opened(Path(shutil.copy(template.filled, tmp_path))) as engine:
        yield engine


@pytest.fixture
def mined(template: Template, tmp_path: Path) -> Iterator[Engine]:
    """The same after a first run."""
    with opened(Path(shutil.copy(template.mined, tmp_path))) as engine:
        yield engine


@pytest.fixture
def filled_each(engine: Engine) -> Engine:
    """All artists and texts, not mined, on both databases."""
    return fill(engine)


def fill(engine: Engine) -> Engine:
    register(engine, [*DREAMERS, *MACHINES])
    add(engine, *corpus())
    return engine


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "BATCH", 4)


def run(engine: Engine, **options: Any) -> MineReport:  # noqa: ANN401 - fields of the settings
    return mine(engine, replace(SETTINGS, **options))


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def column(engine: Engine, query: str) -> list[Any]:
    return [row[0] for row in rows(engine, query)]


def vectors(engine: Engine) -> dict[str, list[float]]:
    query = text("SELECT artist, vector FROM artist_vectors ORDER BY artist").columns(vector=Vector)
    with engine.connect() as connection:
        return {row.artist: row.vector.tolist() for row in connection.execute(query)}


def published(engine: Engine) -> dict[str, Any]:
    """All that a consumer sees of the release, by names instead of numbers."""
    return {
        "descriptors": rows(
            engine,
            "SELECT artist, term, kind, facet, weight, frequency, documents, sources, first_seen, last_seen "
            "FROM artist_descriptors ORDER BY artist, term",
        ),
        "similar": rows(
            engine, "SELECT artist, rank, similar_artist, similarity FROM similar_artists ORDER BY 1, 2"
        ),
        "evidence": rows(engine, "SELECT artist, term, quote, url FROM descriptor_evidence ORDER BY 1, 2, 4"),
        "activity": rows(
            engine,
            "SELECT artist, week, documents, sources, familiarity, buzz FROM artist_activity ORDER BY 1, 2",
        ),
        "vectors": vectors(engine),
        "totals": rows(engine, "SELECT documents, artists, terms FROM current_release"),
    }


# --- a release ---------------------------------------------------------------------------------------------


def test_mining_publishes_a_release_whose_views_are_filled(filled_each: Engine) -> None:
    report = run(filled_each)
    assert report.published
    assert (report.documents, report.read, report.unchanged) == (16, 16, 0)
    assert report.words_read > 400
    assert report.tagged_words > 0
    assert report.unlinked_labels == ()
    found = published(filled_each)
    assert all(found.values())
    assert found["totals"] == [(16, 8, report.terms)]
    assert column(filled_each, "SELECT release_id FROM current_release") == [report.release_id]


def test_a_release_says_what_listeners_would(mined: Engine) -> None:
    group = {name: set(names) for names in (DREAMERS, MACHINES) for name in names}
    nearest = rows(mined, "SELECT artist, similar_artist FROM similar_artists WHERE rank <= 2")
    assert all(other in group[artist] for artist, other in nearest)
    described = "SELECT DISTINCT artist FROM artist_descriptors WHERE term = '{}' ORDER BY artist"
    assert set(column(mined, described.format("shoegaze"))) <= set(DREAMERS)
    assert set(column(mined, described.format("techno"))) <= set(MACHINES)
    assert "heavy guitars" in column(mined, "SELECT term FROM artist_descriptors WHERE artist = 'Mossglass'")


def test_the_figures_of_a_release_are_in_their_ranges(mined: Engine) -> None:
    found = published(mined)
    assert all(0 < weight <= 1 for _, _, _, _, weight, *_ in found["descriptors"])
    assert all(0 <= similarity <= 1 for _, _, _, similarity in found["similar"])
    assert all(np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) for vector in found["vectors"].values())
    ranks: dict[str, list[int]] = {}
    for artist, rank, _, _ in found["similar"]:
        ranks.setdefault(artist, []).append(rank)
    assert ranks == {name: [1, 2, 3, 4] for name in (*DREAMERS, *MACHINES)}


def test_similarity_is_the_dot_product_of_the_vectors(filled_each: Engine) -> None:
    run(filled_each)
    found = published(filled_each)
    for artist, _, other, similarity in found["similar"]:
        product = float(np.dot(found["vectors"][artist], found["vectors"][other]))
        assert similarity == pytest.approx(max(0.0, product), abs=1e-5)


def test_every_quote_is_a_sentence_of_its_document_that_holds_the_term(mined: Engine) -> None:
    bodies = {document.url: document.text for document in corpus()}
    quotes = published(mined)["evidence"]
    for _, term, quote, url in quotes:
        assert quote in bodies[url]
        assert quote.endswith(".")
        assert term in quote.lower().replace("-", " ")


def test_progress_is_told_by_stage(filled: Engine) -> None:
    events: list[MineEvent] = []
    mine(filled, SETTINGS, on_event=events.append)
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages == ["read", "tag", "learn", "map", "write", "files"]
    assert all(0 <= event.done <= event.total for event in events)
    last = {event.stage: event for event in events}
    assert all(event.done == event.total for event in last.values())


def test_a_release_has_a_map_of_all_artists_with_a_vector(mined: Engine) -> None:
    assert column(mined, "SELECT artist_id FROM artist_map ORDER BY artist_id") == column(
        mined, "SELECT artist_id FROM artist_vectors ORDER BY artist_id"
    )
    with mined.connect() as connection:
        assert list_releases(connection)[0].metrics["map"]["artists"] == len(DREAMERS + MACHINES)


def test_without_the_setting_there_is_no_map(filled: Engine) -> None:
    run(filled, draw_map=False)
    assert rows(filled, "SELECT * FROM artist_map") == []
    with filled.connect() as connection:
        assert "map" not in list_releases(connection)[0].metrics


def test_a_release_records_its_parameters(mined: Engine) -> None:
    with mined.connect() as connection:
        (release,) = list_releases(connection)
    assert release.parameters["neighbours"] == 4
    assert release.parameters["vectors"]["fit_words"] == 20
    assert release.parameters["tagger"].startswith("en_")
    assert release.metrics["words"] > 0


# --- what is new -------------------------------------------------------------------------------------------


def test_a_second_run_with_nothing_new_keeps_the_release(filled: Engine) -> None:
    first, second = run(filled), run(filled)
    assert (second.published, second.read, second.unchanged) == (False, 0, 16)
    assert second.release_id == first.release_id
    assert (second.artists, second.terms, second.tagged_words) == (first.artists, first.terms, 0)


def test_of_ten_new_documents_only_those_are_read(filled_each: Engine) -> None:
    first = run(filled_each)
    add(filled_each, *later_notes(10))
    second = run(filled_each)
    assert (second.read, second.unchanged, second.documents) == (10, 16, 26)
    assert second.published
    assert second.release_id != first.release_id
    assert "notes.example" in column(filled_each, "SELECT DISTINCT source FROM descriptor_evidence")


def test_a_changed_document_is_read_again(mined: Engine) -> None:
    old = corpus()[0]
    add(mined, replace(old, text=old.text.replace("shimmer", "squeal")))
    report = run(mined)
    assert (report.read, report.published) == (1, True)
    assert run(mined).read == 0


@pytest.mark.parametrize("change", [{"title": "Driftrelay – a review"}, {"label": "Driftrelay"}])
def test_another_title_or_label_makes_another_subject(mined: Engine, change: dict[str, Any]) -> None:
    add(mined, replace(corpus()[1], **change))
    assert run(mined).read == 1
    query = "SELECT artist FROM artist_activity WHERE week = '2024-03-04' ORDER BY artist"
    assert "Driftrelay" in column(mined, query)


@pytest.mark.parametrize("change", [{"published": date(2020, 5, 5)}, {"source": "elsewhere.example"}])
def test_another_date_or_source_makes_another_release_without_reading(
    mined: Engine, change: dict[str, Any]
) -> None:
    add(mined, replace(corpus()[0], **change))
    report = run(mined)
    assert (report.read, report.published) == (0, True)


def test_a_document_that_is_gone_leaves_the_release(mined: Engine) -> None:
    with mined.begin() as connection:
        connection.execute(delete(DocumentRow).where(DocumentRow.url == corpus()[0].url))
    report = run(mined)
    assert (report.documents, report.read, report.published) == (15, 0, True)
    assert corpus()[0].url not in column(mined, "SELECT url FROM descriptor_evidence")


def test_other_settings_make_another_release_without_reading(mined: Engine) -> None:
    report = run(mined, neighbours=2)
    assert (report.read, report.published) == (0, True)
    assert max(column(mined, "SELECT rank FROM similar_artists")) == 2


def test_a_new_artist_makes_all_documents_to_be_read_again(mined: Engine) -> None:
    register(mined, ["Grey Mornings"])
    report = run(mined)
    assert (report.read, report.published) == (16, True)


# --- what counts -------------------------------------------------------------------------------------------


def test_copies_and_other_languages_do_not_count(filled_each: Engine) -> None:
    first = corpus()[0]
    copy = replace(first, url="https://copy.example/1", source="copy.example", published=date(2024, 12, 1))
    german = Document(
        "https://de.example/1", "Mossglass spielen laute Musik mit viel Hall.", "de.example", language="de"
    )
    add(filled_each, copy, german)
    report = run(filled_each)
    assert (report.documents, report.read) == (16, 16)
    assert run(filled_each, languages=("en", "de")).documents == 17


def test_a_document_of_unknown_language_counts(filled: Engine) -> None:
    add(filled, Document("https://x.example/1", "Mossglass again, loud as ever.", "x.example"))
    assert run(filled).documents == 17


def test_a_document_that_turns_out_a_copy_leaves_the_next_release(mined: Engine) -> None:
    with mined.begin() as connection:
        connection.execute(update(DocumentRow).where(DocumentRow.id == 2).values(duplicate_of=1))
    report = run(mined)
    assert (report.documents, report.read, report.published) == (15, 0, True)


def test_labels_that_name_nobody_in_the_registry_are_told(filled: Engine) -> None:
    unknown = [
        replace(note, label=label)
        for note, label in zip(later_notes(3), ("Zorn Y", "Ab X", "Zorn Y"), strict=True)
    ]
    add(filled, *unknown)
    assert run(filled).unlinked_labels == ("Ab X", "Zorn Y")


def test_a_label_is_believed_in_any_spelling(filled: Engine) -> None:
    add(
        filled,
        Document(
            "https://x.example/1",
            "Nothing is named. " * 8,
            "x.example",
            label="KILOWATT CHOIR",
            published=date(2023, 1, 2),
        ),
    )
    assert run(filled).unlinked_labels == ()
    assert rows(filled, "SELECT artist, documents FROM artist_activity WHERE week = '2023-01-02'") == [
        ("Kilowatt Choir", 1)
    ]


def test_an_artist_with_too_little_text_has_neither_vector_nor_neighbours(filled: Engine) -> None:
    register(filled, ["Tin Harvester"])
    add(
        filled,
        Document("https://x.example/1", "Heavy guitars, dreamy vocals.", "x.example", label="Tin Harvester"),
    )
    report = run(filled)
    assert report.artists == 8
    assert "Tin Harvester" not in published(filled)["vectors"]
    assert "Tin Harvester" in column(filled, "SELECT DISTINCT artist FROM artist_descriptors")


def test_passages_speak_for_an_artist_whom_no_text_is_about(filled: Engine) -> None:
    register(filled, ["Tin Harvester"])
    body = "They share a stage with Tin Harvester, with heavy guitars and whispered vocals as ever. Unlike "
    for number, name in enumerate(DREAMERS[:3]):
        add(
            filled,
            Document(
                f"https://x.example/{number}",
                f"{body}the hosts. {TEXTS[name][1]}",
                f"{number}.example",
                label=name,
            ),
        )
    run(filled)
    terms = column(filled, "SELECT term FROM artist_descriptors WHERE artist = 'Tin Harvester'")
    assert "heavy guitars" in terms
    assert "drum" not in terms


# --- nothing to mine ---------------------------------------------------------------------------------------


def refusal(engine: Engine) -> str:
    with pytest.raises(NothingToMine) as refused:
        run(engine)
    return str(refused.value)


def is_one_sentence(message: str) -> bool:
    return message[0].isupper() and message.endswith(".") and ". " not in message and "\n" not in message


def test_an_empty_registry_is_told_in_one_sentence(sqlite_engine: Engine) -> None:
    add(sqlite_engine, *corpus())
    message = refusal(sqlite_engine)
    assert is_one_sentence(message)
    assert "linernotes artists import" in message


def test_an_empty_corpus_is_told_in_one_sentence(sqlite_engine: Engine) -> None:
    register(sqlite_engine, DREAMERS)
    message = refusal(sqlite_engine)
    assert is_one_sentence(message)
    assert "linernotes import" in message


def test_a_corpus_that_names_nobody_is_told_in_one_sentence(sqlite_engine: Engine) -> None:
    register(sqlite_engine, ["Tin Harvester"])
    add(sqlite_engine, *corpus())
    message = refusal(sqlite_engine)
    assert is_one_sentence(message)
    assert "None of the 16 documents" in message
    assert column(sqlite_engine, "SELECT release_id FROM current_release") == []


@pytest.mark.parametrize("names", [DREAMERS[:1], DREAMERS[:2]])
def test_one_or_two_artists_are_enough(sqlite_engine: Engine, names: Sequence[str]) -> None:
    register(sqlite_engine, names)
    add(
        sqlite_engine,
        *(document for document in corpus() if document.text in {b for n in names for b in TEXTS[n]}),
    )
    report = run(sqlite_engine)
    assert report.published
    assert report.documents == 2 * len(names)


@pytest.mark.parametrize("body", ["the of and it was", "word " * 40, "…\n\n?! Mossglass"])
def test_strange_texts_are_mined_without_a_fuss(sqlite_engine: Engine, body: str) -> None:
    register(sqlite_engine, DREAMERS)
    add(sqlite_engine, Document("https://x.example/1", f"{body} end", "x.example", label="Mossglass"))
    assert run(sqlite_engine).published


def test_a_word_too_long_for_an_index_is_passed_over(engine: Engine) -> None:
    register(engine, DREAMERS)
    encoded = hashlib.shake_256(b"a picture").hexdigest(10_000)
    add(
        engine,
        Document("https://x.example/1", f"A picture: {encoded}. The end.", "x.example", label="Mossglass"),
    )
    report = run(engine)
    assert (report.published, report.words_read) == (True, 4)


# --- interruptions -----------------------------------------------------------------------------------------


class _Interruption(BaseException):
    """What ends a run early in these tests."""


def interrupt_at(stage: str, count: int = 1) -> Callable[[MineEvent], None]:
    seen: list[MineEvent] = []

    def on_event(event: MineEvent) -> None:
        if event.stage == stage:
            seen.append(event)
            if len(seen) == count:
                raise _Interruption

    return on_event


@pytest.mark.usefixtures("small_batches")
def test_an_interrupted_run_goes_on_where_it_stopped_and_ends_alike(engine: Engine, tmp_path: Path) -> None:
    undisturbed = connect(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    upgrade(undisturbed)
    for each in (engine, undisturbed):
        register(each, [*DREAMERS, *MACHINES])
        add(each, *corpus())
    run(undisturbed)
    for stage, count in (("read", 1), ("read", 2), ("tag", 1), ("learn", 2), ("write", 1), ("files", 1)):
        with pytest.raises(_Interruption):
            mine(engine, SETTINGS, on_event=interrupt_at(stage, count))
        assert column(engine, "SELECT release_id FROM current_release") == []
    report = run(engine)
    assert report.read == 0
    assert same(published(engine), published(undisturbed))
    undisturbed.dispose()


def test_a_release_has_its_files_before_it_is_published(filled: Engine) -> None:
    report = run(filled)
    with snapshot(filled) as connection:
        release = published_key(connection)
        assert release is not None and release.release_id == report.release_id
        files = open_files(connection, release, folder_of_database(filled.url))
    assert files is not None and len(files.vectors.ids) == report.artists
    assert report.trouble == ""


def test_mining_goes_well_where_no_files_can_be_written(filled: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    report = run(filled, cache=str(tmp_path / "file"))
    assert report.published and "directory" in report.trouble


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two databases, perhaps of two kinds, show the same release."""
    return {key: plain(value) for key, value in one.items()} == {
        key: plain(value) for key, value in other.items()
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - rows or vectors
    """Dates as text: SQLite's driver returns them so for a query in text."""
    if isinstance(value, dict):
        return value
    return [tuple(str(field) if isinstance(field, date) else field for field in row) for row in value]


@pytest.fixture
def failing_write(filled_each: Engine) -> Engine:
    """A database that refuses the last rows of a release, as a full disk would."""
    run(filled_each)
    add(filled_each, *later_notes(3))
    with filled_each.begin() as connection:
        _refuse_word_vectors(connection)
    return filled_each


def _refuse_word_vectors(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON release_words BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE 'no room'; END $$ LANGUAGE plpgsql"
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON release_words FOR EACH ROW EXECUTE FUNCTION refuse()"
    )


def test_a_failure_while_writing_leaves_the_old_release_whole(failing_write: Engine) -> None:
    before = published(failing_write)
    with pytest.raises(Exception, match="no room"):
        run(failing_write)
    assert published(failing_write) == before
    with failing_write.begin() as connection:
        assert [release.state for release in list_releases(connection)] == ["ready"]
        connection.exec_driver_sql(
            "DROP TRIGGER refuse" + (" ON release_words" if connection.dialect.name == "postgresql" else "")
        )
    report = run(failing_write)
    assert (report.read, report.published) == (0, True)
    assert published(failing_write) != before


KILLED = """
import os, signal, sys
from linernotes.jobs import read
from linernotes.jobs.mine import mine
from linernotes.jobs.mining import MiningSettings
from store.engine import connect

read.BATCH = 4
mine(connect(sys.argv[1]), MiningSettings(), on_event=lambda event: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_run_leaves_the_old_release_and_the_next_one_completes_it(sqlite_engine: Engine) -> None:
    first = run(fill(sqlite_engine))
    add(sqlite_engine, *later_notes(10))
    before = published(sqlite_engine)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, sqlite_engine.url.render_as_string()],
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert killed.returncode == -signal.SIGKILL
    assert published(sqlite_engine) == before
    report = run(sqlite_engine)
    assert report.read == 6
    assert report.release_id != first.release_id


# --- the same from the same --------------------------------------------------------------------------------


def test_the_order_in_which_documents_came_does_not_change_the_release(
    engine: Engine, tmp_path: Path
) -> None:
    other = connect(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    for each in (engine, other):
        register(each, [*DREAMERS, *MACHINES])
    add(engine, *corpus(), *later_notes())
    for document in reversed([*corpus(), *later_notes()]):
        add(other, document)
    run(engine)
    run(other)
    assert same(published(engine), published(other))
    other.dispose()


def test_mining_again_from_nothing_gives_the_same_release(
    mined: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(mined)
    monkeypatch.setattr(read, "READER_VERSION", "another")
    report = run(mined)
    assert report.read == 16
    assert published(mined) == before


# --- releases ----------------------------------------------------------------------------------------------


def test_the_last_few_releases_stay_and_can_be_returned_to(filled: Engine) -> None:
    reports = [run(filled, neighbours=count, keep_releases=2) for count in (1, 2, 3)]
    with filled.begin() as connection:
        assert [release.release_id for release in list_releases(connection)] == [
            reports[2].release_id,
            reports[1].release_id,
        ]
        rollback_release(connection)
    assert max(column(filled, "SELECT rank FROM similar_artists")) == 2


def test_forgetting_an_artist_takes_it_out_of_the_release_at_once(mined: Engine) -> None:
    with mined.begin() as connection:
        connection.execute(delete(ArtistRow).where(ArtistRow.name == "Mossglass"))
    found = published(mined)
    assert "Mossglass" not in found["vectors"]
    assert not [row for row in found["similar"] if "Mossglass" in row]
    assert run(mined).artists == 7
