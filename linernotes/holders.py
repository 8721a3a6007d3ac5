"""Holders of locks and leases in words."""

from __future__ import annotations


def shown_holder(holder: str) -> str:
    """Return a holder in words: "process 123 on host"."""
    host, _, rest = holder.partition(":")
    return f"process {rest.partition(':')[0]} on {host}"
