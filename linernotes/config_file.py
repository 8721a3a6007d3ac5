"""Reading linernotes.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from linernotes.config_errors import ConfigError

# A configuration is a page or two; this is a data file given by mistake.
MAX_CONFIG_BYTES = 10_000_000


def read_config(file: Path) -> dict[str, Any]:
    """Return what the file says; ConfigError, naming file and line, when it cannot be read."""
    try:
        if file.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(f"{file} is too long for a configuration file.")
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no configuration file {file}.") from error
    except IsADirectoryError as error:
        raise ConfigError(f"{file} is a directory; name the configuration file in it.") from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {str(error).rstrip('.')}.") from error
