"""Where the program talks while it works: progress on a terminal, JSON lines on stderr elsewhere."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import IO

import structlog
from rich.console import Console
from rich.logging import RichHandler

from linernotes.progress import LogProgress, Progress, SilentProgress, TerminalProgress


def open_progress(*, verbose: bool, stream: IO[str] | None = None) -> Progress:
    """Set up logging for one job and return what shows its progress on `stream` (stderr)."""
    target = stream or sys.stderr
    if target.isatty():
        console = Console(file=target)
        _send_logs(RichHandler(console=console, show_path=False), verbose=verbose)
        return TerminalProgress(console, verbose=verbose)
    _send_logs(_json_handler(target), verbose=verbose)
    return LogProgress(structlog.get_logger("linernotes"))


def open_log() -> None:
    """Set up logging for a service: JSON lines on stderr."""
    _send_logs(_json_handler(sys.stderr), verbose=False)


def silent() -> Progress:
    """Return what shows nothing, for callers that only want the result."""
    return SilentProgress()


_CHAIN: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _json_handler(stream: IO[str]) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_CHAIN,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    structlog.configure(
        processors=[*_CHAIN, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return handler


def _send_logs(handler: logging.Handler, *, verbose: bool) -> None:
    """Send our own lines, and the warnings of the libraries, to one handler; replaces an earlier one."""
    root = logging.getLogger()
    for old in [known for known in root.handlers if getattr(known, "of_linernotes", False)]:
        root.removeHandler(old)
    handler.of_linernotes = True  # type: ignore[attr-defined]  # a mark to find it again
    root.addHandler(handler)
    # What a library warns of (a broken page, an odd date) is in the counts already; errors are not.
    root.setLevel(logging.INFO if verbose else logging.ERROR)
    logging.getLogger("linernotes").setLevel(logging.DEBUG if verbose else logging.INFO)
    if not verbose:
        warnings.simplefilter("ignore")
