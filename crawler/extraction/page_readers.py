"""Reading many pages: in this process, or in a pool of processes that survives what a page does to it."""

from __future__ import annotations

import os
import signal
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING

from crawler.extraction.extract import extract
from crawler.extraction.records import ExtractedPage, NoText

if TYPE_CHECKING:
    from types import FrameType

    from store.extraction import PageBody

Reader = Callable[[Sequence["PageBody"]], dict[int, ExtractedPage | NoText]]

# The slowest page of the extraction benchmark takes half a second; one that takes this long is a trap.
PAGE_SECONDS = 60
# Pages handed to a process at once: few enough that all have work until the end of a batch.
_CHUNK = 4


class _TooSlow(BaseException):
    """Not an Exception, so that no library on the way takes it for a failure of its own and goes on."""


@contextmanager
def open_reader(workers: int) -> Iterator[Reader]:
    """Yield a function that reads pages, with `workers` processes, or here when they are fewer than two."""
    pool = _open_pool(workers) if workers > 1 else None
    if pool is None:
        yield lambda bodies: {body.page_id: read_page(body) for body in bodies}
        return
    pools = [pool]
    try:
        yield lambda bodies: _read_in(pools, workers, bodies)
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def read_page(body: PageBody) -> ExtractedPage | NoText:
    """Return what a stored page says, or why it has no text; a page that takes too long has none."""
    try:
        html = zlib.decompress(body.body)
    except zlib.error:
        return NoText("the stored body is damaged")
    if threading.current_thread() is not threading.main_thread():
        return extract(html, url=body.url, charset=body.charset)  # only the main thread gets alarms
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, PAGE_SECONDS)
    try:
        return extract(html, url=body.url, charset=body.charset)
    except _TooSlow:
        return NoText(f"reading the page took longer than {PAGE_SECONDS} s")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _read_in(
    pools: list[ProcessPoolExecutor], workers: int, bodies: Sequence[PageBody]
) -> dict[int, ExtractedPage | NoText]:
    keys = [body.page_id for body in bodies]
    if not pools:
        pools.append(_start(workers))
    try:
        return dict(zip(keys, pools[-1].map(read_page, bodies, chunksize=_CHUNK), strict=True))
    except BrokenProcessPool:
        pools.pop().shutdown()
        return {body.page_id: _read_alone(body) for body in bodies}


def _read_alone(body: PageBody) -> ExtractedPage | NoText:
    """Read a page in a process of its own, to find the one that crashes it (libxml2 is C)."""
    with _start(1) as pool:
        pool.submit(os.getpid).result()  # a process that cannot even start is no fault of the page
        try:
            return pool.submit(read_page, body).result()
        except BrokenProcessPool:
            return NoText("the page crashes the parser")


def _open_pool(workers: int) -> ProcessPoolExecutor | None:
    """A pool that works, or None: a script without a `__main__` guard cannot start processes."""
    pool = _start(workers)
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        pool.shutdown()
        return None
    return pool


def _start(workers: int) -> ProcessPoolExecutor:
    # Not "fork": the caller may have threads and database connections, which a forked child would share.
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare_process)


def _prepare_process() -> None:
    """Leave Ctrl-C to the parent, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlow
