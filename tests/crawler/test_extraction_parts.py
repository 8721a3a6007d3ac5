"""Pages of several documents, articles of several pages, and pages of which no copy may be kept."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, delete, func, select, update

from crawler.extraction.pending import Extraction
from store.models import DocumentRow, PageBodyRow, PageRow
from tests.crawler.pages import article_page, listing_page
from tests.crawler.test_extraction import HOST, lose, put, run, stored

WORDS = "drum tide harbour bass ferry guitar water room slow warm strange song tape organ".split()  # noqa: SIM905


def prose(seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + f"{seed}x{n % 7}" for n in range(60))


def part(number: int, of: int, *, title: str = "Low Tide", seed: int = 0, base: str = "/low/") -> bytes:
    links = "".join(f"<a href='{base}{n}/'>{n}</a> " for n in range(2, of + 1) if n != number)
    return article_page(title=title, text=f"<p>{prose(seed or number)}</p>", after=f"<p>{links}</p>")


def texts(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(DocumentRow.url, DocumentRow.text))
        return {row.url.removeprefix(HOST): row.text for row in rows}


def thread_page(posts: Mapping[str, int]) -> bytes:
    shown = "".join(
        f"<div class='post' id='{name}'><b class='username'>{name}</b><div class='postbody'>"
        f"<div class='content'>{prose(seed)}</div></div></div>"
        for name, seed in posts.items()
    )
    return f"<html><head><title>The new one</title></head><body>{shown}</body></html>".encode()


class TestThreads:
    def test_a_thread_that_loses_a_post_loses_its_document(self, engine: Engine) -> None:
        put(engine, "/t/new", thread_page({"p1": 1, "p2": 2, "p3": 3}))
        run(engine)
        assert stored(engine) == ["/t/new#p1", "/t/new#p2", "/t/new#p3"]
        put(engine, "/t/new", thread_page({"p1": 1, "p3": 3, "p4": 4}))
        assert run(engine).removed == 1
        assert stored(engine) == ["/t/new#p1", "/t/new#p3", "/t/new#p4"]

    def test_a_thread_that_goes_loses_all(self, engine: Engine) -> None:
        put(engine, "/t/new", thread_page({"p1": 1, "p2": 2}))
        run(engine)
        lose(engine, "/t/new")
        assert run(engine).removed == 2

    def test_posts_know_kind_and_thread(self, engine: Engine) -> None:
        put(engine, "/t/new/page-2", thread_page({"p21": 1, "p22": 2}))
        run(engine)
        with engine.connect() as connection:
            found = connection.execute(select(DocumentRow.kind, DocumentRow.thread).distinct()).all()
        assert found == [("post", f"{HOST}/t/new")]

    def test_its_pages_are_not_joined(self, sqlite_engine: Engine) -> None:
        link = b"<a href='/t/new/page-2'>2</a></body>"
        first = thread_page({"p1": 1, "p2": 2}).replace(b"</body>", link)
        put(sqlite_engine, "/t/new/", first)
        put(sqlite_engine, "/t/new/page-2", thread_page({"p3": 3, "p4": 4}))
        run(sqlite_engine)
        assert len(stored(sqlite_engine)) == 4


class TestSeries:
    @pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
    @pytest.mark.parametrize("together", [True, False])
    def test_the_pages_of_an_article_are_one_document_at_the_first(
        self, sqlite_engine: Engine, order: tuple[int, ...], together: bool
    ) -> None:
        for number in order:
            put(sqlite_engine, "/low/" if number == 1 else f"/low/{number}/", part(number, 3))
            if not together:
                run(sqlite_engine)
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low/"]
        assert texts(sqlite_engine)["/low/"].splitlines() == ["Low Tide", *map(prose, (1, 2, 3))]

    def test_a_changed_page_changes_the_document_of_all(self, engine: Engine) -> None:
        for number in (1, 2, 3):
            put(engine, "/low/" if number == 1 else f"/low/{number}/", part(number, 3))
        run(engine)
        put(engine, "/low/3/", part(3, 3, seed=9))
        run(engine)
        assert prose(9) in texts(engine)["/low/"]
        assert stored(engine) == ["/low/"]

    def test_when_the_first_page_goes_the_others_stand_for_themselves(self, engine: Engine) -> None:
        for number in (1, 2, 3):
            put(engine, "/low/" if number == 1 else f"/low/{number}/", part(number, 3))
        run(engine)
        lose(engine, "/low/")
        run(engine)
        assert stored(engine) == ["/low/2/", "/low/3/"]

    def test_when_a_page_goes_the_article_ends_before_it(self, sqlite_engine: Engine) -> None:
        for number in (1, 2, 3):
            put(sqlite_engine, "/low/" if number == 1 else f"/low/{number}/", part(number, 3))
        run(sqlite_engine)
        lose(sqlite_engine, "/low/2/")
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low/", "/low/3/"]

    def test_pages_that_name_the_first_one_canonical_are_joined_too(self, sqlite_engine: Engine) -> None:
        for number in (1, 2):
            path = "/low/" if number == 1 else f"/low/{number}/"
            put(sqlite_engine, path, part(number, 2), canonical="/low/")
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low/"]

    def test_a_text_of_another_title_is_not_joined(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/low/", part(1, 2))
        put(sqlite_engine, "/low/2/", part(2, 2, title="High Water"))
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low/", "/low/2/"]

    def test_an_index_of_posts_is_not_joined(self, sqlite_engine: Engine) -> None:
        more = b"<a rel='next' href='/page/2/'>Older</a></body>"
        put(sqlite_engine, "/", listing_page().replace(b"</body>", more))
        put(sqlite_engine, "/page/2/", listing_page(4))
        assert run(sqlite_engine).without_text == 2
        assert stored(sqlite_engine) == []


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_and_goes_the_documents_depend_on_the_pages_alone(
    sqlite_engine: Engine, seed: int
) -> None:
    rng = random.Random(seed)
    for _ in range(16):
        article, number = rng.choice(("a", "b")), rng.randrange(1, 5)
        path = f"/{article}/" if number == 1 else f"/{article}/{number}/"
        if rng.random() < 0.25:
            lose(sqlite_engine, path)
        else:
            html = part(number, 4, base=f"/{article}/", seed=rng.randrange(1, 30), title=rng.choice("TTTU"))
            canonical = f"/{article}/" if rng.random() < 0.3 else None
            put(sqlite_engine, path, html if rng.random() < 0.9 else listing_page(), canonical=canonical)
        if rng.random() < 0.6:
            run(sqlite_engine)
    run(sqlite_engine)
    grown = texts(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(delete(DocumentRow))
        connection.execute(update(PageRow).values(extracted_digest=None))
    run(sqlite_engine)
    assert texts(sqlite_engine) == grown


class TestNoArchive:
    def forbid(self, engine: Engine, path: str) -> None:
        with engine.begin() as connection:
            statement = update(PageRow).where(PageRow.url == HOST + path)
            connection.execute(statement.values(restrictions="noarchive"))

    def bodies(self, engine: Engine) -> int:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(PageBodyRow)) or 0

    def test_the_raw_page_goes_when_its_document_is_made(self, engine: Engine) -> None:
        put(engine, "/low", article_page())
        self.forbid(engine, "/low")
        run(engine)
        assert (stored(engine), self.bodies(engine)) == (["/low"], 0)
        assert run(engine) == Extraction()
        assert stored(engine) == ["/low"]

    def test_a_twin_that_comes_later_does_not_take_its_document(self, engine: Engine) -> None:
        put(engine, "/low", article_page(), canonical="/low")
        self.forbid(engine, "/low")
        run(engine)
        put(engine, "/twin", article_page(), canonical="/low")
        run(engine)
        assert stored(engine) == ["/low"]

    def test_reading_all_pages_again_keeps_its_document(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/low", article_page())
        self.forbid(sqlite_engine, "/low")
        run(sqlite_engine)
        with sqlite_engine.begin() as connection:
            connection.execute(update(PageRow).values(extracted_digest=None))
        run(sqlite_engine)
        assert stored(sqlite_engine) == ["/low"]
        assert run(sqlite_engine) == Extraction()

    def test_a_page_that_goes_loses_its_document_all_the_same(self, sqlite_engine: Engine) -> None:
        put(sqlite_engine, "/low", article_page())
        self.forbid(sqlite_engine, "/low")
        run(sqlite_engine)
        lose(sqlite_engine, "/low")
        run(sqlite_engine)
        assert stored(sqlite_engine) == []

    def test_twins_are_kept_since_one_may_need_the_other(self, sqlite_engine: Engine) -> None:
        for path in ("/low", "/twin"):
            put(sqlite_engine, path, article_page(), canonical="/low")
            self.forbid(sqlite_engine, path)
        run(sqlite_engine)
        assert self.bodies(sqlite_engine) == 2


def test_several_at_once_store_each_document_once(engine: Engine) -> None:
    for number in range(20):
        put(engine, f"/r/{number}", article_page(title=f"Record {number}", text=f"<p>{prose(number)}</p>"))
    put(engine, "/t/new", thread_page({"p1": 101, "p2": 102, "p3": 103}))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            run(engine)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for number in range(0, 20, 5):
        put(
            engine,
            f"/r/{number}",
            article_page(title=f"Record {number}", text=f"<p>{prose(number + 500)}</p>"),
        )
    for worker in workers:
        worker.join()
    run(engine)
    assert errors == []
    assert len(stored(engine)) == 23
    assert all(prose(number + 500) in texts(engine)[f"/r/{number}"] for number in range(0, 20, 5))
