"""What MkDocs calls while it builds the site (mkdocs.yml): links that leave docs/, and the references."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from http_reference import openapi_document, rendered
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from outside import Outside, page_of
from python_reference import python_names

HTTP_PAGE = "http-reference.md"
HTTP_MARK = "<!-- http -->"
PYTHON_PAGE = "python-reference.md"
PYTHON_MARK = "<!-- other names -->"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Let the modules of the checkout be found, not those of an installed version."""
    root = str(_root(config))
    if root not in sys.path:
        sys.path.insert(0, root)
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for each file outside docs/ that a page links to, and the OpenAPI document."""
    outside = _outside(config)
    starts = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    in_nav = set(_in_navigation(config.nav))
    always = [path for uri in in_nav if (path := _repository_path(uri, _root(config)))]
    for source in outside.linked_from(starts, always):
        uri = page_of(source.path, is_folder=(_root(config) / source.path).is_dir())
        level = InclusionLevel.INCLUDED if uri in in_nav else InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, uri, content=source.markdown(), inclusion=level))
    files.append(File.generated(config, "openapi.json", content=openapi_document()))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that leave docs/ into links of the site, and fill in the references."""
    if page.file.src_uri == HTTP_PAGE:
        markdown = markdown.replace(HTTP_MARK, rendered())
    if page.file.src_uri == PYTHON_PAGE:
        markdown = markdown.replace(PYTHON_MARK, python_names())
    path = _repository_path(page.file.src_uri, _root(config))
    if path is None:
        return markdown
    return _outside(config).relinked(markdown, path)


def _in_navigation(nav: Any) -> Iterator[str]:  # noqa: ANN401 - lists, mappings and texts, as YAML has them
    """Pages of the navigation that are no files of docs/."""
    if isinstance(nav, str):
        yield from [nav] if nav.startswith("source/") else []
    elif nav:
        for inner in nav.values() if isinstance(nav, dict) else nav:
            yield from _in_navigation(inner)


def _repository_path(uri: str, root: Path) -> str | None:
    """The file or folder of the repository that a page was made from; None when it shows code."""
    if not uri.startswith("source/"):
        return f"docs/{uri}"
    path = uri.removeprefix("source/")
    folder = path.removesuffix("/index.md")
    return next((each for each in (path, folder) if (root / each).exists()), None)


def _outside(config: MkDocsConfig) -> Outside:
    return Outside(_root(config), str(config.extra.get("source") or ""))


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent
