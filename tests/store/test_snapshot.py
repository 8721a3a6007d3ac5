"""Reading as of one moment."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from store.artists import add_artists
from store.models import ArtistRow
from store.records import Artist
from store.snapshot import snapshot

COUNT = select(func.count()).select_from(ArtistRow)


def test_a_snapshot_keeps_no_writer_waiting_and_does_not_see_what_was_written(engine: Engine) -> None:
    with snapshot(engine) as reading:
        assert reading.scalar(COUNT) == 0
        with engine.begin() as writing:
            add_artists(writing, [Artist("Mossglass")])
        assert reading.scalar(COUNT) == 0
    with snapshot(engine) as reading:
        assert reading.scalar(COUNT) == 1
