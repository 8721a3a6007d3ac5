from __future__ import annotations

import hashlib
import os
import random
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, event, insert, select, update

from crawler.extraction import page_readers
from crawler.extraction import pending as extraction
from crawler.extraction.page_readers import open_reader, read_page
from crawler.extraction.pending import Extraction, PageExtracted, extract_pending
from crawler.extraction.records import ExtractedPage, NoText
from crawler.extraction.twins import Member, keepers
from store.extraction import PageBody
from store.models import DocumentRow, PageBodyRow, PageRow, SourceRow
from tests.crawler.pages import PARAGRAPHS, article_page, body, listing_page

NOW = datetime(2024, 5, 1, tzinfo=UTC)
HOST = "https://mag.example"
OTHER = " ".join(f"quite another sentence number {number} about a drum." for number in range(20))


def put(engine: Engine, path: str, html: bytes, *, canonical: str | None = None) -> None:
    """Let a page be fetched: new, or with a new body."""
    url, digest = HOST + path, hashlib.sha256(html).hexdigest()
    values = {"state": "fetched", "canonical_url": canonical and HOST + canonical, "content_digest": digest}
    with engine.begin() as connection:
        source = connection.scalar(select(SourceRow.id)) or connection.scalar(
            insert(SourceRow)
            .values(url=HOST, kind="site", interval_seconds=60, added_at=NOW, due_at=NOW)
            .returning(SourceRow.id)
        )
        page = connection.scalar(select(PageRow.id).where(PageRow.url == url))
        if page is None:
            fixed = {"url": url, "host": HOST, "source_id": source, "depth": 0, "priority": 0, "due_at": NOW}
            page = connection.scalar(insert(PageRow).values(**fixed, **values).returning(PageRow.id))
            connection.execute(insert(PageBodyRow).values(page_id=page, body=zlib.compress(html)))
        else:
            connection.execute(update(PageRow).where(PageRow.id == page).values(**values))
            compressed = zlib.compress(html)
            connection.execute(update(PageBodyRow).where(PageBodyRow.page_id == page).values(body=compressed))


def lose(engine: Engine, path: str, state: str = "gone") -> None:
    """Let a page lose its body, as the crawler does when the server answers 404 or robots.txt forbids it.

    What was read of it stays noted: another page's document may rest on it.
    """
    with engine.begin() as connection:
        connection.execute(
            update(PageRow)
            .where(PageRow.url == HOST + path)
            .values(state=state, content_digest=None, canonical_url=None)
        )


def run(engine: Engine) -> Extraction:
    return extract_pending(engine, workers=1)


def stored(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        urls = connection.scalars(select(DocumentRow.url).where(DocumentRow.duplicate_of.is_(None)))
        return sorted(url.removeprefix(HOST) for url in urls)


def number_of(engine: Engine, path: str) -> int | None:
    with engine.connect() as connection:
        return connection.scalar(select(DocumentRow.id).where(DocumentRow.url == HOST + path))


def test_a_fetched_page_becomes_a_document(engine: Engine) -> None:
    put(engine, "/low", article_page())
    put(engine, "/", listing_page())
    done = run(engine)
    assert (done.pages, done.without_text, done.deposit.added) == (2, 1, 1)
    assert stored(engine) == ["/low"]


def test_a_second_run_reads_nothing(engine: Engine) -> None:
    put(engine, "/low", article_page())
    run(engine)
    assert run(engine) == Extraction()


def test_a_changed_body_replaces_the_document_under_its_number(engine: Engine) -> None:
    put(engine, "/low", article_page())
    run(engine)
    before = number_of(engine, "/low")
    put(engine, "/low", article_page(text=f"<p>{OTHER}</p>"))
    assert run(engine).deposit.changed == 1
    assert number_of(engine, "/low") == before is not None


@pytest.mark.parametrize("state", ["gone", "refused", "fetched"])
def test_a_page_that_loses_its_body_loses_its_document(engine: Engine, state: str) -> None:
    put(engine, "/low", article_page())
    run(engine)
    lose(engine, "/low", state)
    assert run(engine).removed == 1
    assert stored(engine) == []
    assert run(engine) == Extraction()


def test_a_page_that_comes_back_unchanged_gets_its_document_again(sqlite_engine: Engine) -> None:
    put(sqlite_engine, "/low", article_page())
    run(sqlite_engine)
    lose(sqlite_engine, "/low")
    run(sqlite_engine)
    put(sqlite_engine, "/low", article_page())
    run(sqlite_engine)
    assert stored(sqlite_engine) == ["/low"]


def test_a_page_whose_text_is_gone_loses_its_document(sqlite_engine: Engine) -> None:
    put(sqlite_engine, "/low", article_page())
    run(sqlite_engine)
    put(sqlite_engine, "/low", listing_page())
    assert run(sqlite_engine).removed == 1
    assert stored(sqlite_engine) == []


class TestTwins:
    TWIN = article_page(head="<link rel='canonical' href='/low'>")

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("paths", [("/low", "/twin"), ("/twin", "/low")])
    def test_they_are_one_document_at_the_canonical_address(
        self, sqlite_engine: Engine, paths: tuple[str, str], together: bool
    ) -> None:
        for path in paths:
            put(sqlite_engine, path, self.TWIN, canonical="/low")
            if not together:
                run(sqlite_engine)
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low"]

    def test_without_the_canonical_page_the_shortest_address_keeps_the_text(
        self, sqlite_engine: Engine
    ) -> None:
        put(sqlite_engine, "/a/longer/one", self.TWIN, canonical="/low")
        run(sqlite_engine)
        put(sqlite_engine, "/twin", self.TWIN, canonical="/low")
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/twin"]

    @pytest.mark.parametrize("state", ["gone", "refused"])
    @pytest.mark.parametrize("lost", ["/twin", "/low"])
    def test_when_the_keeper_goes_the_other_takes_over(self, engine: Engine, lost: str, state: str) -> None:
        keeper, other = (lost, "/other/twin")
        put(engine, keeper, self.TWIN, canonical="/low")
        put(engine, other, self.TWIN, canonical="/low")
        run(engine)
        assert stored(engine) == [keeper]
        lose(engine, keeper, state)
        run(engine)
        assert stored(engine) == [other]

    def test_a_canonical_listing_keeps_no_text_from_being_stored(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/", listing_page(), canonical="/")
        put(sqlite_engine, "/low", article_page(), canonical="/")
        put(sqlite_engine, "/high", article_page(text=f"<p>{OTHER}</p>"), canonical="/")
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/high", "/low"]

    def test_the_second_page_of_an_article_is_no_twin_of_the_first(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/low", article_page(), canonical="/low")
        put(sqlite_engine, "/low/2", article_page(text=f"<p>{OTHER}</p>"), canonical="/low")
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low", "/low/2"]

    def test_a_copy_that_names_another_host_canonical_is_a_document(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/low", article_page())
        with sqlite_engine.begin() as connection:
            connection.execute(update(PageRow).values(canonical_url="https://elsewhere.example/low"))
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low"]

    def test_in_a_crowded_group_each_page_stands_for_itself(self) -> None:
        members = [Member(number, f"{HOST}/{number}", "one and the same text") for number in range(3)]
        assert keepers(f"{HOST}/0", members) == [0]
        assert keepers(f"{HOST}/0", members, crowded=True) == [0, 1, 2]


def site(seed: int) -> Iterable[tuple[str, bytes, str]]:
    """Thirty pages: ten texts, each at two addresses, and ten listings, in a random order."""
    pages = [(f"/list/{n}", listing_page(3 + n), f"/list/{n}") for n in range(10)]
    for n in range(10):
        text = " ".join(f"In record {n} the drum of song {k} is number {k * n}." for k in range(12))
        html = article_page(title=f"Record {n}", text=f"<p>{text}</p>{body(PARAGRAPHS[: n % 2])}")
        pages += [(f"/r/{n}", html, f"/p/{n}"), (f"/p/{n}", html, f"/p/{n}")]
    random.Random(seed).shuffle(pages)
    return pages


def documents(engine: Engine) -> set[tuple[str, str, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(DocumentRow.id, DocumentRow.url, DocumentRow.digest, DocumentRow.duplicate_of)
        ).all()
    urls = {row.id: row.url for row in rows}
    return {(row.url, row.digest, urls.get(row.duplicate_of)) for row in rows}


class _Killed(BaseException):
    pass


@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_anywhere_ends_with_the_same_documents(
    sqlite_engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "_BATCH", 4)
    for path, html, canonical in site(seed):
        put(sqlite_engine, path, html, canonical=canonical)
    rng, left, kills = random.Random(seed), [0], 0

    def kill(*_arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise _Killed

    event.listen(sqlite_engine, "before_cursor_execute", kill)
    for _ in range(12):
        left[0] = rng.randrange(3, 60)
        try:
            run(sqlite_engine)
        except _Killed:
            kills += 1
    event.remove(sqlite_engine, "before_cursor_execute", kill)
    run(sqlite_engine)
    interrupted = documents(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(delete(DocumentRow))
        connection.execute(update(PageRow).values(extracted_digest=None))
    run(sqlite_engine)
    assert kills
    assert documents(sqlite_engine) == interrupted
    assert len([url for url, _, _ in interrupted if "/p/" in url]) == 10 == len(interrupted)


def test_processes_give_the_same_documents(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, html, canonical in site(1):
        put(sqlite_engine, path, html, canonical=canonical)
    monkeypatch.setattr(extraction, "_WORTH_A_POOL", 1)
    seen: list[PageExtracted] = []
    extract_pending(sqlite_engine, workers=2, on_event=seen.append)
    assert len(stored(sqlite_engine)) == 10
    assert (len(seen), seen[-1].done, seen[-1].pending) == (30, 30, 30)
    assert sum(page.reason is not None for page in seen) == 10


class _Deadly:
    """A body that ends the process that receives it."""

    page_id = 2

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def test_a_page_that_crashes_its_process_spoils_no_other() -> None:
    good = PageBody(1, f"{HOST}/low", zlib.compress(article_page()), None)
    with open_reader(2) as read:
        found = read([good, _Deadly()])  # type: ignore[list-item]
        assert isinstance(found[1], ExtractedPage)
        assert found[2] == NoText("the page crashes the parser")


class TestOnePage:
    def page(self, html: bytes) -> PageBody:
        return PageBody(1, f"{HOST}/low", html, None)

    def test_a_damaged_body_is_told(self) -> None:
        assert read_page(self.page(b"not zlib")) == NoText("the stored body is damaged")

    def test_a_page_that_takes_too_long_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def endless(*_arguments: object, **_options: object) -> None:
            while True:
                pass

        monkeypatch.setattr(page_readers, "extract", endless)
        monkeypatch.setattr(page_readers, "PAGE_SECONDS", 0.2)
        assert read_page(self.page(zlib.compress(b"x"))) == NoText("reading the page took longer than 0.2 s")
