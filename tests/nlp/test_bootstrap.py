"""Confidence intervals by resampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.bootstrap import mean_interval, median_interval, ratio_interval

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)


@settings(deadline=None)  # a busy machine says nothing about the code
@given(SHARES)
def test_an_interval_holds_its_value_and_stays_between_the_values(values: np.ndarray) -> None:
    for interval in (mean_interval, median_interval):
        found = interval(values, times=50)
        assert found.low is not None
        assert found.high is not None
        assert values.min() - 1e-12 <= found.low <= found.value <= found.high <= values.max() + 1e-12


@settings(deadline=None)  # a busy machine says nothing about the code
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_a_ratio_of_counts_stays_a_share(rows: list[tuple[bool, bool]]) -> None:
    table = np.array(rows, dtype=float)
    found = ratio_interval(table[:, 0] * table[:, 1], table[:, 1], times=50)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(5, 2, 400)
    found = mean_interval(values, times=2_000)
    error = values.std() / np.sqrt(len(values))
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.03)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.03)


def test_values_that_are_all_alike_leave_no_doubt() -> None:
    found = mean_interval(np.full(9, 0.25), times=100)
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)


def test_a_sum_over_nothing_is_a_ratio_of_nothing() -> None:
    assert ratio_interval(np.zeros(3), np.zeros(3), times=10).value == 0


def test_without_resamples_there_is_a_value_alone() -> None:
    found = mean_interval(np.array([1.0, 0.0]), times=0)
    assert (found.value, found.low, found.high) == (0.5, None, None)


def test_the_same_values_give_the_same_interval() -> None:
    values = np.random.default_rng(2).random(100)
    assert mean_interval(values, times=200) == mean_interval(values.copy(), times=200)


def test_equally_many_values_are_resampled_alike_so_that_differences_are_paired() -> None:
    values = np.random.default_rng(3).random(60)
    shifted = mean_interval(values + 0.5, times=200)
    plain = mean_interval(values, times=200)
    assert shifted.low == pytest.approx((plain.low or 0) + 0.5)


def test_blocks_of_resamples_do_not_change_with_the_number_of_values_drawn_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(4).random(50)
    whole = mean_interval(values, times=100)
    monkeypatch.setattr("nlp.bootstrap._DRAWN", 120)
    assert mean_interval(values, times=100) == whole
