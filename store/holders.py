"""Who holds a lease or a lock: a process, named so that a dead one can be told from a live one."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path


def new_holder() -> str:
    """Return a name for who holds something now: `host:process:random`.

    The first half of the random part is the same for all processes that see each other's numbers.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{_neighbourhood()}{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this host that does not exist any more; False when in doubt."""
    host, _, rest = holder.partition(":")
    process, _, mark = rest.partition(":")
    if host != socket.gethostname() or not mark.startswith(_neighbourhood()) or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


@cache
def _neighbourhood() -> str:
    """What tells containers of one host name apart: a process number means nothing in another of them."""
    parts = [_content("/proc/sys/kernel/random/boot_id"), _target("/proc/self/ns/pid")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _content(file: str) -> str:
    try:
        return Path(file).read_text()
    except OSError:  # no Linux: hosts are then told apart by their names alone
        return ""


def _target(link: str) -> str:
    try:
        return str(Path(link).readlink())
    except OSError:
        return ""
