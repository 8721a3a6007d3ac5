"""The job `mine` on pages that are about something else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from crawler.documents.deposit import deposit
from linernotes.jobs.mine import NothingToMine, mine
from linernotes.jobs.mining import MiningSettings
from nlp.musicality import MIN_MUSICALITY
from store.artists import add_artists
from store.models import MinedDocumentRow
from store.records import Artist, Document
from store.releases import list_releases
from tests.nlp.test_musicality import RECIPE

SETTINGS = MiningSettings(min_words=5)
SOUP = Document(
    "https://food.example/soup", f"Mossglass is a soup. {RECIPE * 30}", "food.example", title="Mossglass"
)


@pytest.fixture
def kitchen(sqlite_engine: Engine) -> Engine:
    with sqlite_engine.begin() as connection:
        add_artists(connection, [Artist("Mossglass")])
        deposit(connection, [SOUP])
    return sqlite_engine


def score(engine: Engine) -> float:
    with engine.connect() as connection:
        return connection.scalars(select(MinedDocumentRow.musicality)).one()


def test_a_recipe_that_names_an_artist_is_kept_and_not_mined(kitchen: Engine) -> None:
    with pytest.raises(NothingToMine, match="None of the 1 documents is about music"):
        mine(kitchen, SETTINGS)
    assert score(kitchen) < MIN_MUSICALITY


def test_the_setting_switches_it_off_without_reading_again(kitchen: Engine) -> None:
    with pytest.raises(NothingToMine):
        mine(kitchen, SETTINGS)
    report = mine(kitchen, replace(SETTINGS, min_musicality=0.0))
    assert (report.read, report.published) == (0, True)


def test_a_label_is_believed_whatever_the_words(kitchen: Engine) -> None:
    with kitchen.begin() as connection:
        deposit(connection, [replace(SOUP, label="Mossglass")])
    assert mine(kitchen, SETTINGS).published


def test_it_counts_nowhere_beside_a_text_about_music(kitchen: Engine) -> None:
    review = "Mossglass play slow guitar songs, and the singer whispers over drums and bass. " * 3
    with kitchen.begin() as connection:
        deposit(connection, [Document("https://mag.example/1", review, "mag.example", title="Mossglass")])
    mine(kitchen, SETTINGS)
    with kitchen.connect() as connection:
        assert [release.documents for release in list_releases(connection)] == [1]
