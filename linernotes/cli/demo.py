"""`demo`: everything on a small site that comes along."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from linernotes.cli.context import Invocation, command
from linernotes.cli.crawling import conclude
from linernotes.demo import run_demo
from linernotes.demo_report import print_demo
from linernotes.reporting import open_progress


@command()
@click.argument("folder", metavar="[DIR]", default="demo", type=click.Path(path_type=Path, file_okay=False))
def demo(invocation: Invocation, folder: Path) -> None:
    """Try everything on a small site that comes with linernotes, without a network.

    Serves the sample site on this machine, runs the main job on it in DIR (./demo), and shows what came of
    it. A second demo in the same directory asks for every page again and downloads none that did not change.
    """
    if invocation.database is not None or invocation.config is not None:
        raise click.UsageError("`demo` keeps its database and configuration in DIR; name that instead.")
    done = run_demo(folder, open_progress(verbose=invocation.verbose))
    conclude(done.report.crawl)
    print_demo(done, Console())
