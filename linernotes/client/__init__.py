"""Look-ups from a service (`linernotes serve`): the same questions and records as those of a Catalog.

from linernotes.client import Client
with Client("http://127.0.0.1:8080") as client:
    client.similar("Slowdive", limit=10)
"""

from __future__ import annotations

from linernotes.client.client import Client
from linernotes.client.errors import AccessDenied, ReleaseChanged, ServiceFailed, ServiceUnavailable

__all__ = ["AccessDenied", "Client", "ReleaseChanged", "ServiceFailed", "ServiceUnavailable"]
