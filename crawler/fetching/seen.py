"""Which hashes were met before, in little memory: an answer "no" may be a lapse, a "yes" is true."""

from __future__ import annotations

from array import array

# 4,096 places of 8 bytes: the running text and the links of some hundred pages.
_FIRST_PLACES, _MOST_PLACES = 128, 4_096
_EMPTY = 0


class Seen:
    """A table with one place for each hash; whoever comes later to a place takes it."""

    def __init__(self) -> None:
        self._places = array("q", [_EMPTY]) * _FIRST_PLACES
        self._mask = _FIRST_PLACES - 1
        self._taken = 0

    def add(self, value: int) -> bool:
        """Take note of a 64-bit hash; True when it is not known."""
        place = (value ^ value >> 24) & self._mask
        if self._places[place] == value:
            return False
        self._taken += self._places[place] == _EMPTY
        self._places[place] = value
        if self._taken * 2 > self._mask and self._mask < _MOST_PLACES - 1:
            self._grow()
        return True

    def _grow(self) -> None:
        known = [value for value in self._places if value != _EMPTY]
        size = 2 * len(self._places)
        self._places, self._mask, self._taken = array("q", [_EMPTY]) * size, size - 1, 0
        for value in known:
            self.add(value)
