"""`config`: the settings in force."""

from __future__ import annotations

import click

from linernotes.cli.context import Invocation, common_options
from linernotes.cli.output import Form, format_options, print_rows
from linernotes.config_reference import COLUMNS, help_lines, setting_rows


class _ConfigCommand(click.Command):
    """Shows every key in its --help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of keys, generated from the model of the settings."""
        with formatter.section("Keys"):
            formatter.write_dl(help_lines())


@click.command(cls=_ConfigCommand)
@common_options
@format_options
@click.pass_obj
def config(invocation: Invocation, form: Form | None) -> None:
    """The settings in force, and what each of them means.

    A key such as crawl.delay_seconds stands in linernotes.toml as delay_seconds under [crawl], in the
    environment as LINERNOTES_CRAWL_DELAY_SECONDS, and on the command line as --set crawl.delay_seconds=2.
    """
    print_rows(COLUMNS, setting_rows(invocation.settings()), form)
