"""The base error of the project, and the errors the database can give."""

from __future__ import annotations


class LinernotesError(Exception):
    """A failure that a person can act on; its text is one sentence saying what, where and what to do.

    The command line prints the text alone and exits with `exit_code`.
    """

    exit_code = 1


class DatabaseUnusable(LinernotesError):
    """The database cannot be opened, is not ours, or cannot be written."""

    exit_code = 3


class DatabaseOutdated(DatabaseUnusable):
    """The database is at an older or a newer migration than this program."""


class ReleaseNotFound(LinernotesError):
    """No release of that number, or none published yet."""

    exit_code = 4
