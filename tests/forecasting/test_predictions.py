"""Forecasts over HTTP: computed by a worker, kept until the data change, one for all who ask at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask

from app.core import clock
from app.extensions import mongo
from app.forecasting import repository, service
from tests.factories import Person, code, data, fields_at_fault
from tests.waiting import wait_until

PATH = "/api/forecasting/advanced-predictions"


def running_month() -> date:
    return clock.today("Asia/Kolkata").replace(day=1)


def spend_monthly(person: Person, amounts: list[float], **fields: Any) -> None:
    """One entry in each of the latest months that are over, the last amount in the last of them."""
    running, number = running_month(), len(amounts)
    entry = {"category": "Groceries", "description": "bought", **fields}
    rows = [
        {**entry, "amount": amount, "date": clock.months_after(running, step - number).isoformat()}
        for step, amount in enumerate(amounts)
    ]
    assert not data(person.post("/api/transactions/bulk", {"transactions": rows}))["errors"]


def predictions(person: Person, **query: Any) -> dict[str, Any]:
    """The forecast, as soon as there is one."""
    answer = wait_until(lambda: (found := person.get(PATH, **query)).status_code != 202 and found, 60)
    assert answer.status_code == 200, answer.text
    return data(answer)


def stored(person: Person) -> list[dict[str, Any]]:
    return list(mongo.db.forecasts.find({"user_id": ObjectId(person.profile["_id"])}))


def seasonal(months: int) -> list[float]:
    return [1000.25 + 10 * month + (500 if month % 12 == 11 else 0) for month in range(months)]


@pytest.mark.slow
def test_months_are_forecast_from_those_that_are_over(worker: None, person: Person) -> None:
    running = running_month()
    spend_monthly(person, seasonal(30))
    spend_monthly(person, [100.5], type="refund")
    spend_monthly(person, [70], type="income")
    spend_monthly(person, [5, 5], currency="USD")
    found = predictions(person, horizon=4)
    totals = [*seasonal(29), seasonal(30)[29] - 100.5]
    months = [f"{clock.months_after(running, step):%Y-%m}" for step in range(-30, 4)]
    assert found["history"] == [{"month": month, "total": total} for month, total in zip(months, totals, strict=False)]
    assert [step["month"] for step in found["forecast"]] == months[30:]
    for step in found["forecast"]:
        assert 0 <= step["lower"] < step["predicted"] < step["upper"] < 5000
    assert {model["name"] for model in found["models"]} == {"arima", "exponential_smoothing", "linear_trend"}
    assert sum(model["weight"] for model in found["models"]) == pytest.approx(1)
    assert all(model["backtest_mase"] > 0 for model in found["models"])
    assert (found["currency"], found["low_data"], found["naive_mase"] > 0) == ("INR", False, True)
    assert [(part["currency"], part["count"]) for part in found["unconverted"]] == [("USD", 2)]


@pytest.mark.slow
def test_it_is_kept_until_the_data_change(worker: None, person: Person) -> None:
    spend_monthly(person, seasonal(26))
    first = predictions(person, horizon=12)
    assert predictions(person, horizon=12) == first
    assert predictions(person, horizon=2)["forecast"] == first["forecast"][:2]
    assert len(stored(person)) == 1
    spend_monthly(person, [4000, 4000])
    changed = predictions(person, horizon=12)
    assert changed["history"][-1]["total"] == first["history"][-1]["total"] + 4000
    assert changed["forecast"] != first["forecast"]
    assert changed["forecast"][0]["predicted"] > first["forecast"][0]["predicted"]


@pytest.mark.slow
def test_a_category_by_itself(worker: None, person: Person, stranger: Person) -> None:
    spend_monthly(stranger, [9000] * 8)
    spend_monthly(person, [100, 110, 90, 100, 105, 95, 100])
    spend_monthly(person, [1000, 1000, 1000], category="Travel")
    groceries, travel = predictions(person, category="Groceries"), predictions(person, category="Travel")
    assert (groceries["category"], len(groceries["history"])) == ("Groceries", 7)
    assert all(80 < step["predicted"] < 120 for step in groceries["forecast"])
    assert (travel["low_data"], len(travel["history"])) == (True, 3)
    assert predictions(person)["forecast"][0]["predicted"] > 200


@pytest.mark.slow
def test_few_months_have_their_median(worker: None, person: Person) -> None:
    spend_monthly(person, [100, 5000, 120])
    found = predictions(person)
    assert found["low_data"] is True
    assert found["models"] == [{"name": "median", "weight": 1, "backtest_mase": None}]
    assert found["naive_mase"] is None
    assert [step["predicted"] for step in found["forecast"]] == [120, 120, 120]
    assert all(step["lower"] < 120 < step["upper"] for step in found["forecast"])


@pytest.mark.slow
def test_the_running_month_is_no_history_but_spent_is_spent(worker: None, person: Person) -> None:
    nothing = predictions(person, horizon=1)
    assert (nothing["history"], nothing["low_data"]) == ([], True)
    assert [(step["predicted"], step["lower"], step["upper"]) for step in nothing["forecast"]] == [(0, 0, 0)]
    spend_monthly(person, [100, 100, 100])
    before = predictions(person, horizon=2)
    person.spend(900.5, date=running_month().isoformat())
    now, after = predictions(person, horizon=2)["forecast"]
    assert (now["predicted"], now["lower"], now["upper"]) == (900.5, 900.5, 900.5)
    assert after == before["forecast"][1]


@pytest.mark.slow
def test_amounts_have_the_currencys_decimals(worker: None, people: Callable[..., Person]) -> None:
    somebody = people(currency="JPY", timezone="Asia/Kolkata")
    spend_monthly(somebody, [1000, 1500, 900, 1200, 1100, 1000, 1300])
    amounts = [step[name] for step in predictions(somebody)["forecast"] for name in ("predicted", "lower", "upper")]
    assert all(isinstance(amount, int) for amount in amounts)


@pytest.mark.slow
def test_those_who_ask_at_once_share_one(worker: None, person: Person, app: Flask) -> None:
    spend_monthly(person, seasonal(24))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: person.get(PATH), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    predictions(person)
    (document,) = stored(person)
    assert document["attempts"] == 1


@pytest.mark.slow
def test_what_a_killed_worker_left_is_taken_over(
    worker: None, person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend_monthly(person, [100, 200, 150])
    with monkeypatch.context() as broker_down:
        broker_down.setattr(service, "enqueue", lambda *_: False)
        answer = person.get(PATH)
    assert answer.status_code == 202
    assert data(answer)["status"] in ("pending", "processing")
    killed = {"status": "processing", "worker": "gone", "lease_until": clock.now() - timedelta(seconds=1)}
    task = ObjectId(data(answer)["task_id"])
    mongo.db.forecasts.update_one({"_id": task, "running": True}, {"$set": killed})
    assert predictions(person)["low_data"] is True
    assert [document["_id"] for document in stored(person)] == [task]


def unsettled(person: Person, monkeypatch: pytest.MonkeyPatch) -> tuple[ObjectId, ObjectId]:
    """(owner, id) of a forecast that no worker has been told of, nor will be by a sweep."""
    monkeypatch.setattr(service, "enqueue", lambda *_: True)
    monkeypatch.setattr(service, "WAIT_SECONDS", 0)
    answer = person.get(PATH)
    assert answer.status_code == 202
    return ObjectId(person.profile["_id"]), ObjectId(data(answer)["task_id"])


def test_what_one_task_has_no_other_takes(person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, task = unsettled(person, monkeypatch)
    lease = timedelta(minutes=1)
    with app.app_context():
        assert repository.take_up(ObjectId(), task, "first", lease) is None
        taken = repository.take_up(owner, task, "first", lease)
        assert taken
        assert taken["attempts"] == 1
        assert repository.take_up(owner, task, "second", lease) is None
        again = repository.take_up(owner, task, "first", lease)
        assert again
        assert again["attempts"] == 2
        assert repository.settle(owner, task, {"status": "failed"})
        assert not repository.settle(owner, task, {"status": "completed"})
        assert repository.take_up(owner, task, "first", lease) is None


def test_what_is_superseded_is_not_computed(person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person.spend(100)
    owner, old = unsettled(person, monkeypatch)
    travel = data(person.get(PATH, category="Travel"))["task_id"]
    person.spend(100)
    new = data(person.get(PATH))["task_id"]
    assert {str(document["_id"]) for document in stored(person)} == {travel, new}
    with app.app_context():
        assert repository.take_up(owner, old, "a worker", timedelta(minutes=1)) is None
        assert repository.take_up(owner, ObjectId(new), "a worker", timedelta(minutes=1))
        person.spend(100)
        assert data(person.get(PATH))["task_id"] != new
        assert repository.settle(owner, ObjectId(new), {"status": "completed"})


def test_a_failure_is_said_once_and_tried_again(person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, task = unsettled(person, monkeypatch)
    with app.app_context():
        repository.settle(owner, task, {"status": "failed"})
    failed = person.get(PATH)
    assert (failed.status_code, code(failed)) == (503, "forecast_failed")
    assert int(failed.headers["Retry-After"]) > 0
    again = person.get(PATH)
    assert again.status_code == 202
    assert data(again)["task_id"] != str(task)


def test_only_some_requests_wait(person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are answered without a look: threads that wait are threads that answer nobody."""
    monkeypatch.setattr(service, "enqueue", lambda *_: True)
    monkeypatch.setattr(service, "FIRST_PAUSE", None)  # what waits would fail
    monkeypatch.setattr(service.waiting, "acquire", lambda blocking: False)
    assert person.get(PATH).status_code == 202


@pytest.mark.parametrize("query", [{"horizon": 0}, {"horizon": 13}, {"horizon": "x"}, {"category": "Gold"}])
def test_what_can_not_be_asked(person: Person, query: dict[str, Any]) -> None:
    assert fields_at_fault(person.get(PATH, **query)) == [["query", *query]]


def test_an_empty_parameter_counts_as_absent(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    unsettled(person, monkeypatch)
    assert person.get(PATH, horizon="", category="").status_code == 202
