"""The command line; `main` is the console script."""

from linernotes.cli.app import main

__all__ = ["main"]
