"""Links from the documentation to files outside docs/: right in the repository, and made right in the site.

A page says `[...](../crawler/fetching/crawl.py)`, which is where the file is for whoever reads the checkout.
The site either has an address of the sources, to which such links then lead, or carries the files: Markdown
and notebooks as pages, folders as lists of links, everything else as highlighted code.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

DOCS = "docs/"
# [text](target), [text](target#anchor), ![text](target "title"); not addresses with a scheme.
_LINK = re.compile(
    r"(?P<before>\]\()(?P<target>(?![a-z][a-z0-9+.-]*:|#|/)[^)\s#]+)(?P<after>(?:#[^)\s]*)?(?:\s\"[^\"]*\")?\))"
)
_FENCE = re.compile(r"^(?P<mark>```+|~~~+).*?^(?P=mark)\s*$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
# Longer than any fence within a file that is shown.
_LONG_FENCE = "`" * 7
_LANGUAGES = {
    ".py": "python", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".sql": "sql",
    ".service": "ini", ".timer": "ini", ".sh": "sh", ".js": "javascript", ".css": "css", ".html": "html",
}  # fmt: skip
_NAMES = {"Dockerfile": "docker", "Makefile": "make", "crontab": "sh"}
_HIDDEN = "---\nsearch:\n  exclude: true\n---\n\n"


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a folder of the repository, outside docs/; `path` from its root, with slashes."""

    root: Path
    path: str

    def markdown(self) -> str:
        """The page that shows it."""
        file = self.root / self.path
        if file.is_dir():
            return f"{_HIDDEN}# {self.path}/\n\n" + "".join(
                f"- [{name}]({name})\n" for name in self.children()
            )
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".md":
            return text
        if file.suffix == ".ipynb":
            return _HIDDEN + "\n\n".join(_cells(json.loads(text)))
        language = _LANGUAGES.get(file.suffix) or _NAMES.get(file.name, "text")
        return f"{_HIDDEN}# {self.path}\n\n{_LONG_FENCE}{language}\n{text.rstrip()}\n{_LONG_FENCE}\n"

    def children(self) -> list[str]:
        """The files of a folder, from it, in alphabetical order."""
        folder = self.root / self.path
        kept = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        return sorted(file.relative_to(folder).as_posix() for file in kept)


def _cells(notebook: Mapping[str, Any]) -> Iterator[str]:
    """The cells of a notebook (nbformat 4) as Markdown, with what they printed."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield text
        elif cell["cell_type"] == "code":
            yield f"{_LONG_FENCE}python\n{text}\n{_LONG_FENCE}"
            yield from (_printed(output) for output in cell["outputs"])


def _printed(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        return f"![output](data:image/png;base64,{''.join(data['image/png']).replace(chr(10), '')})"
    text = "".join(output.get("text", data.get("text/plain", "")))
    return f"{_LONG_FENCE}text\n{text.rstrip()}\n{_LONG_FENCE}" if text.strip() else ""


class Outside:
    """The files outside docs/ under `root`; `address` is where they can be read, or empty."""

    def __init__(self, root: Path, address: str = "") -> None:
        self._root = root
        self._address = address.rstrip("/")

    def linked_from(self, pages: Iterable[str], always: Iterable[str] = ()) -> list[Source]:
        """The sources that pages (by their path in the repository) link to, directly or by other sources.

        With an address of the sources, only those of `always`.
        """
        found = dict.fromkeys(always)
        waiting = [*pages, *found]
        while waiting and not self._address:
            page = waiting.pop()
            for path in self._targets(page):
                if path not in found and not path.startswith(DOCS):
                    found[path] = None
                    waiting.append(path)
        return [Source(self._root, path) for path in sorted(found)]

    def relinked(self, markdown: str, page: str) -> str:
        """The text of a page (its path in the repository) with links to the pages of the site."""
        here = posixpath.dirname(page_of(page, is_folder=(self._root / page).is_dir()))

        def link(found: re.Match[str]) -> str:
            path = self._resolved(page, found["target"])
            if path is None:
                return found[0]
            if self._address and not path.startswith(DOCS) and page_of(path) != path:
                return f"{found['before']}{self._address}/{path}{found['after']}"
            target = posixpath.relpath(page_of(path, is_folder=(self._root / path).is_dir()), here or ".")
            return f"{found['before']}{target}{found['after']}"

        return without_code(markdown, lambda text: _LINK.sub(link, text))

    def _targets(self, page: str) -> Iterator[str]:
        file = self._root / page
        if file.is_dir():
            yield from (f"{page}/{name}" for name in Source(self._root, page).children())
        elif file.suffix == ".md" and file.is_file():
            linked: list[str] = []

            def note(text: str) -> str:
                linked.extend(match["target"] for match in _LINK.finditer(text))
                return text

            without_code(file.read_text(encoding="utf-8"), note)
            yield from (path for target in linked if (path := self._resolved(page, target)) is not None)

    def _resolved(self, page: str, target: str) -> str | None:
        folder = page if (self._root / page).is_dir() else posixpath.dirname(page)
        path = posixpath.normpath(posixpath.join(folder, target))
        return path if not path.startswith("..") and (self._root / path).exists() else None


def page_of(path: str, *, is_folder: bool = False) -> str:
    """The page of the site that shows a file of the checkout: `crawler/x.py` is `source/crawler/x.py.md`."""
    if path.startswith(DOCS):
        return path.removeprefix(DOCS)
    if is_folder:
        return f"source/{path}/index.md"
    return f"source/{path}" if PurePosixPath(path).suffix == ".md" else f"source/{path}.md"


def without_code(markdown: str, change: Callable[[str], str]) -> str:
    """Apply `change` to what is no code: neither in a fence nor between backticks."""
    return _apart(markdown, _FENCE, lambda text: _apart(text, _INLINE_CODE, change))


def _apart(text: str, kept: re.Pattern[str], change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for found in kept.finditer(text):
        parts += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, change(text[end:])])
