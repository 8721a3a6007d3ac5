"""`map`: the map of all artists of the published release, without mining again."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, command
from linernotes.cli.output import Form, format_options, print_rows, remark
from linernotes.jobs.run import mapping_job
from linernotes.reporting import open_progress

COLUMNS = ("level", "label", "artists", "x", "y")


@command("map")
@click.option(
    "--afresh",
    is_flag=True,
    help="Draw it anew, rather than on from the last map, which it then may not resemble.",
)
@format_options
def map_(invocation: Invocation, afresh: bool, form: Form | None) -> None:
    """Draw the map of all artists again.

    Of the published release, and in the place of the one that it has. `linernotes mine` draws a map with each
    release (unless mine.map is false); this gives one to a release that was made without.
    """
    engine = invocation.open_engine()
    drawn = mapping_job(engine, open_progress(verbose=invocation.verbose), afresh=afresh)
    named = zip(drawn.regions, drawn.names, strict=True)
    rows = [
        {
            "level": region.level,
            "label": name.label,
            "artists": len(region.artists),
            "x": round(name.x, 4),
            "y": round(name.y, 4),
        }
        for region, name in named
    ]
    print_rows(COLUMNS, rows, form)
    remark(f"Drew {len(drawn.ids):,} artists and {len(rows)} regions in {drawn.seconds:.1f} s.")
