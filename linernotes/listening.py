"""Addresses to listen on as people write them: 127.0.0.1:9464, [::1]:9464."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^\[\]:\s/]+)):(\d{1,5})")


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`; ValueError, saying what is allowed, for anything else."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or int(found[3]) > 65_535:
        raise ValueError("HOST:PORT, such as 127.0.0.1:9464")
    return found[1] or found[2], int(found[3])
