"""Money's one door."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import money

EXACT_NUMBERS = settings(deadline=None, derandomize=True, max_examples=200, database=None)
currencies = st.sampled_from(money.CURRENCIES)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("45.50", "INR", 4550), ("0.1", "USD", 10), ("1500", "JPY", 1500), ("1.234", "KWD", 1234), ("0.0001", "CLF", 1)],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor
    assert money.to_decimal(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("45.505", "INR", "at most 2"),
        ("0.5", "JPY", "no decimals"),
        ("1.2345", "KWD", "at most 3"),
        ("1e-30", "USD", "at most 2"),
    ],
)
def test_nothing_is_rounded(amount: str, currency: str, words: str) -> None:
    with pytest.raises(money.TooPrecise, match=words):
        money.to_minor(Decimal(amount), currency)


@EXACT_NUMBERS
@given(minor=st.integers(-(10**14), 10**14), currency=currencies)
def test_the_number_shown_reads_as_the_amount(minor: int, currency: str) -> None:
    shown = money.to_number(minor, currency)
    assert Decimal(repr(shown)) == money.to_decimal(minor, currency)
    assert money.to_minor(Decimal(repr(shown)), currency) == minor
    assert isinstance(shown, int) == (money.DECIMALS[currency] == 0)


@EXACT_NUMBERS
@given(left=st.tuples(st.integers(1, 10**10), currencies), right=st.tuples(st.integers(1, 10**10), currencies))
def test_amounts_of_all_currencies_compare_as_shown(left: tuple[int, str], right: tuple[int, str]) -> None:
    shown = money.to_decimal(*left) < money.to_decimal(*right)
    assert (money.comparable(*left) < money.comparable(*right)) == shown


def test_currencies_are_those_money_is_paid_in() -> None:
    assert {"INR", "USD", "EUR", "JPY", "KWD"} <= set(money.CURRENCIES)
    assert not {"XXX", "XAU", "XTS"} & set(money.CURRENCIES)
    assert {money.DECIMALS[code] for code in ("JPY", "INR", "KWD")} == {0, 2, 3}
