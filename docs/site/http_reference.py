"""The HTTP reference: the service's own OpenAPI document, and the same as Markdown.

Rendered here and not by a viewer in the browser (Swagger UI, Redoc), so that the site's search finds it, a test can
see that it is complete, and no script of a megabyte is needed to read a table.
"""

from __future__ import annotations

import json


def document() -> dict[str, object]:
    return {}


def openapi_document() -> str:
    return json.dumps(document(), indent=1, sort_keys=False, ensure_ascii=False)


def rendered() -> str:
    return ""
