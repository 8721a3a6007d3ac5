"""`python -m linernotes.sample_site`: looks at the sample site in a browser, or writes it as files."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from linernotes.sample_site.server import HOST, OUTLET_NAMES, render_outlets, serve_sample_site
from store.errors import LinernotesError

DEFAULT_PORTS = (8101, 8102, 8103)
"""Where a browser finds the site; any free ports would do."""


@click.command()
@click.option(
    "--ports", type=(int, int, int), default=DEFAULT_PORTS, show_default=True, help="0 is any free one."
)
@click.option(
    "--write", "directory", type=click.Path(path_type=Path), help="Write static files there instead."
)
def main(ports: tuple[int, int, int], directory: Path | None) -> None:
    """Serves the sample site on 127.0.0.1 until Ctrl-C."""
    try:
        if directory is None:
            _serve(ports)
        else:
            blog, magazine, board = (f"http://{HOST}:{port}" for port in ports)
            _write(directory, (blog, magazine, board))
    except LinernotesError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"Cannot write the site: {error}.") from error


def _serve(ports: tuple[int, int, int]) -> None:
    with serve_sample_site(ports) as site:
        for name, url in zip(OUTLET_NAMES, site.base_urls, strict=True):
            click.echo(f"{name:<9} {url}/")
        click.echo("Ctrl-C ends it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo()


def _write(directory: Path, base_urls: tuple[str, str, str]) -> None:
    """One directory an outlet; a path that ends in a slash becomes an index.html, the feed an index.xml."""
    for name, pages in render_outlets(base_urls).items():
        for path, page in pages.items():
            target = directory / name / path.strip("/")
            if path.endswith("/"):
                target /= "index.xml" if "xml" in page.content_type else "index.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(page.body)
        click.echo(f"{len(pages)} files in {directory / name}")


if __name__ == "__main__":
    main()
