"""Which dates of publication are believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from store.dates import believable

STORED = datetime(2024, 5, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(1877, 1, 1), date(1970, 1, 1), date(2024, 5, 6), date(2024, 5, 7)])
def test_days_from_the_phonograph_to_the_day_after_storing_are_believed(day: date) -> None:
    assert believable(day, known_by=STORED) == day


@pytest.mark.parametrize("day", [date(1876, 12, 31), date(1, 1, 1), date(2024, 5, 8), date(2091, 1, 1)])
def test_days_before_recording_or_from_the_future_are_not(day: date) -> None:
    assert believable(day, known_by=STORED) is None


@pytest.mark.parametrize("day", [date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)])
def test_the_zero_days_of_spreadsheets_are_no_dates(day: date) -> None:
    assert believable(day) is None


def test_no_date_is_no_date() -> None:
    assert believable(None) is None
