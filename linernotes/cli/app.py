"""The command `linernotes`: finds the command that was named, runs it, and explains what went wrong.

Only the module of the named command is imported, so that a look-up does not wait for the crawler's and the
miner's libraries.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper

import click

from linernotes.cli.context import Invocation, common_options
from linernotes.cli.failures import INTERRUPTED, OK, Failure, explain
from linernotes.cli.output import remark

# Command → module:attribute and the line that --help shows; in the order of a first day's work.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Try everything on a small site that comes with linernotes, without a network."),
    "init": ("database:init", "Create the database, or bring it up to this version."),
    "artists": ("artists:artists", "The registry of artists."),
    "sources": ("sources:sources", "Feeds, sitemaps and sites to crawl."),
    "crawl": ("crawling:crawl", "Fetch the sources and turn their pages into documents."),
    "inspect": (
        "inspecting:inspect",
        "Look at one page: robots.txt, text, and whether it would be mined.",
    ),
    "import": ("imports:import_", "Add documents from CSV, JSONL, Parquet or WARC files."),
    "mine": ("mining:mine", "Mine the documents into descriptors, vectors and neighbours."),
    "run": ("running:run", "The main job: crawl, then mine."),
    "similar": ("similarity:similar", "Artists similar to one or several."),
    "explain": ("similarity:explain", "Why two artists are similar, part by part."),
    "terms": ("lookups:terms", "What an artist is described with."),
    "search": ("lookups:search", "Artists that a description fits."),
    "evidence": ("lookups:evidence", "Sentences in which an artist is described with a term."),
    "trends": ("trending:trends", "What rises: terms of an artist, or artists of a term."),
    "evaluate": ("quality:evaluate", "Measure the published release against ground truth."),
    "map": ("mapping:map_", "Draw the map of all artists again."),
    "plot": ("plotting:plot", "Pictures: the map, an artist, a trend."),
    "export": ("exports:export", "Write the release as files: Parquet, word2vec or NumPy."),
    "forget": ("forgetting:forget", "Remove a page, a host or an artist, and all that was derived from it."),
    "releases": ("releases:releases", "What mining made so far, and going back to it."),
    "overrides": ("overrides:overrides", "Editors' overrides: aliases, wrong links, terms and neighbours."),
    "status": ("database:status", "Where things stand."),
    "doctor": ("database:doctor", "Check what stands in the way of a run."),
    "grant": ("granting:grant", "Let a role of PostgreSQL read, and only that."),
    "config": ("settings:config", "The settings in force, and what each of them means."),
    "schedule": ("scheduling:schedule", "Keep running what is due."),
    "metrics": ("metrics:metrics", "Where things stand, in the format of Prometheus."),
    "serve": ("serving:serve", "Look-ups over HTTP."),
}


class LazyGroup(click.Group):
    """Imports the module of a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(f"linernotes.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _version() -> str:
    try:
        return version("linernotes")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0+checkout"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@common_options
@click.version_option(_version(), prog_name="linernotes")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Mines what people write about music artists into descriptors and similarity in SQL.

    A flag overrides an environment variable (LINERNOTES_…), which overrides the configuration file, which
    overrides the default.
    """
    ctx.ensure_object(Invocation)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; nothing but that leaves as an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a letter gets its number; that is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    # What a scheduler sends ends a command as Ctrl-C does: in order, its locks given back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="linernotes", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:  # what click makes of Ctrl-C
        return _tell(explain(KeyboardInterrupt()), arguments)
    except click.ClickException as error:
        return _tell(Failure(_of_usage(error), error.exit_code), arguments)
    except BrokenPipeError:
        return _leave_quietly()
    except (Exception, KeyboardInterrupt) as error:
        return _tell(explain(error), arguments)
    return code if isinstance(code, int) else OK


def _of_usage(error: click.ClickException) -> str:
    """What was typed wrongly, and where to read how it is right."""
    sentence = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        sentence = f"{sentence.rstrip('.')}. See `{error.ctx.command_path} --help`."
    return sentence


def _tell(failure: Failure, arguments: list[str]) -> int:
    if failure.unexpected and "--verbose" in arguments:
        traceback.print_exc()
    prefix = "" if failure.exit_code in {OK, INTERRUPTED} else "Error: "
    remark(f"{prefix}{failure.sentence}")
    return failure.exit_code


def _leave_quietly() -> int:
    """The reader of our output went away (`| head`): what Python flushes at its end must go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK
