"""Reading the TOML files that people write: the configuration, and editors' overrides."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from linernotes.config_errors import ConfigError

# Such a file is a page or two, of overrides perhaps a hundred; this is a data file given by mistake.
MAX_BYTES = 10_000_000


def read_toml(file: Path, what: str, failure: type[ConfigError] = ConfigError) -> dict[str, Any]:
    """Return what the file says; `failure`, naming file and line, when it cannot be read.

    `what` says in messages what kind of file it is, such as "configuration file".
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise failure(f"{file} is too long for a {what}.")
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise failure(f"There is no {what} {file}.") from error
    except IsADirectoryError as error:
        raise failure(f"{file} is a directory; name the {what} in it.") from error
    except OSError as error:
        raise failure(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise failure(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise failure(f"{file} is not valid TOML: {str(error).rstrip('.')}.") from error
