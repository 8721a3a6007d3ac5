"""What reading and a release make of comparisons and of artists of one name; on both databases."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Engine, text

from crawler.documents.deposit import deposit
from linernotes.jobs.comparing import PER_PAIR, comparison_rows
from linernotes.jobs.editing import open_editing
from linernotes.jobs.material import Material, load_material, own_text
from linernotes.jobs.mining import MiningSettings
from linernotes.jobs.read import read_documents
from store.artists import add_artists
from store.records import Artist, Document

HUM = "The guitars hum for minutes, and a drum machine keeps slow time behind them. "
MBIDS = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")


def read(engine: Engine, artists: list[Artist], *documents: Document) -> Material:
    """What is read of documents about artists."""
    settings = MiningSettings()
    with engine.begin() as connection:
        add_artists(connection, artists)
        deposit(connection, documents)
    with engine.begin() as connection:
        editing = open_editing(connection, settings.overrides)
    read_documents(engine, settings, editing, lambda event: None)
    with engine.connect() as connection:
        return load_material(connection, settings, editing)


def note(number: int, body: str, title: str | None = "Mossglass – Fog", label: str | None = None) -> Document:
    return Document(
        url=f"https://a.example/{number}",
        text=body,
        source="a.example",
        title=title,
        label=label,
        language="en",
    )


def words(material: Material, name: str) -> list[str]:
    """The words that speak for an artist, in order."""
    row = next(row for row, known in material.names if known == name)
    own = own_text(material.spans, len(material.artists))
    numbers = material.corpus.numbers
    mine = np.flatnonzero(own.artist == row)
    return [material.corpus.words[n] for each in mine for n in numbers[own.first[each] : own.last[each]] if n]


def test_a_comparing_clause_speaks_neither_for_the_one_nor_for_the_other(engine: Engine) -> None:
    body = HUM + "At dusk it sounds like Harrowlane with broken amplifiers, and the voice is warm. " + HUM
    material = read(engine, [Artist("Mossglass"), Artist("Harrowlane")], note(1, body))
    mossglass = words(material, "Mossglass")
    assert {"dusk", "voice", "warm"} <= set(mossglass)
    assert not {"amplifiers", "harrowlane", "broken"} & set(mossglass)
    assert words(material, "Harrowlane") == []


def test_a_release_keeps_the_sentence_that_compares(engine: Engine) -> None:
    body = HUM + "It is reminiscent of Harrowlane. " + HUM
    material = read(engine, [Artist("Mossglass"), Artist("Harrowlane")], note(1, body))
    ((artist, other, document, start, end),) = comparison_rows(material)
    names = {int(material.artists[row]): name for row, name in material.names}
    assert (names[artist], names[other]) == ("Mossglass", "Harrowlane")
    assert document == material.documents[0].id
    assert body[start:end] == "It is reminiscent of Harrowlane."


def test_a_pair_is_shown_by_a_few_documents_once_each(engine: Engine) -> None:
    topics = ("rain", "trains", "lamps", "clocks", "bread")
    bodies = [
        f"A note on {topic}, {topic} and {topic}. {HUM}It recalls Harrowlane. "
        f"It evokes Harrowlane in the {topic}. Somebody wrote of {topic} before."
        for topic in topics
    ]
    documents = [note(number, body) for number, body in enumerate(bodies)]
    material = read(engine, [Artist("Mossglass"), Artist("Harrowlane")], *documents)
    rows = list(comparison_rows(material))
    assert len(rows) == PER_PAIR
    assert len({row[2] for row in rows}) == PER_PAIR


def namesakes() -> list[Artist]:
    return [
        Artist("Mossglass", mbid=MBIDS[0], disambiguation="Norwegian choir"),
        Artist("Mossglass", mbid=MBIDS[1], disambiguation="shoegaze band", country="GB"),
    ]


def subjects(engine: Engine) -> list[str]:
    """The MBIDs of the subjects, in order of document."""
    query = (
        "SELECT a.mbid FROM mentions m JOIN artists a ON a.id = m.artist_id JOIN documents d"
        " ON d.id = m.document_id WHERE m.role = 'subject' ORDER BY d.url"
    )
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def test_artists_of_one_name_are_told_apart_by_context_and_kept_apart(engine: Engine) -> None:
    read(
        engine,
        namesakes(),
        note(1, "Mossglass are a British band. " + HUM, title="Mossglass – Fog"),
        note(
            2,
            "Mossglass are a Norwegian choir of forty. They sing at dusk in a barn.",
            title="Mossglass – Hymns",
        ),
        note(3, "Loud shoegaze from the coast. " + HUM, title="Fog", label="Mossglass"),
        note(
            4, "Mossglass again. Nobody knows who they are or where they went.", title="Mossglass – Rumours"
        ),
    )
    assert subjects(engine) == [MBIDS[1], MBIDS[0], MBIDS[1], MBIDS[0]]


def test_what_the_registry_learns_of_namesakes_makes_texts_be_read_again(engine: Engine) -> None:
    artists = [Artist("Mossglass", mbid=MBIDS[0]), Artist("Mossglass", mbid=MBIDS[1])]
    read(engine, artists, note(1, "Mossglass are a shoegaze band. " + HUM))
    assert subjects(engine) == [MBIDS[0]]
    read(engine, namesakes())
    assert subjects(engine) == [MBIDS[1]]
