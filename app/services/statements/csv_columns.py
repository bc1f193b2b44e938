"""What each column of a table is for: by its name, or by the mapping a person gives."""

from typing import NamedTuple

from app.services.statements.csv_amounts import currency_of, known
from app.services.statements.csv_words import OTHER_STEMS, RANKS, STEMS, fold
from app.services.statements.records import Unreadable, echo

FIELDS = (
    *("date", "amount", "debit", "credit", "type", "currency"),
    *("description", "merchant", "category", "notes", "tags", "reference"),
)
MONEY = ("amount", "debit", "credit")
SIDES = ("dr", "cr", "d", "c", "in")


class Columns(NamedTuple):
    """Where the fields are in a record: `places` by field, dates the best first."""

    places: dict[str, int]
    dates: tuple[int, ...]
    unit: str | None
    names: list[str]

    @property
    def is_table(self) -> bool:
        """Whether there is what every entry needs: a day and an amount."""
        return bool(self.dates) and any(role in self.places for role in MONEY)


def forms(name: str) -> list[str]:
    """A folded name, and without the currency or side it ends with: "amount eur" → "amount"."""
    folded = fold(name)
    found, words = [folded], folded.split()
    while len(words) > 1 and (known(words[-1].rstrip("$") or "$") or words[-1] in SIDES):
        words.pop()
        found.append(" ".join(words))
    return found


def unit_of(name: str) -> str | None:
    """The currency that a column's name ends with, as written: "€" of "Betrag (€)"."""
    words = fold(name).split()
    return words[-1] if len(words) > 1 and known(words[-1]) else None


def recognised(names: list[str]) -> Columns:
    """The columns of a header, as far as their names are known."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(names):
        for role, ranks in RANKS.items():
            if form := next((form for form in forms(name) if form in ranks), None):
                ranked.setdefault(role, []).append((ranks[form], place))
    for role, stems in STEMS.items():
        if role not in ranked:
            taken = {place for found in ranked.values() for _, place in found}
            ranked[role] = [
                (0, place)
                for place, name in enumerate(names)
                if place not in taken and stems & (words := set(fold(name).split())) and not words & OTHER_STEMS
            ]
    places = {role: min(found)[1] for role, found in ranked.items() if found and role != "date"}
    dates = tuple(place for _, place in sorted(ranked.get("date", ())))
    return Columns(_settled(places, dates), dates, _unit(names, places), names)


def _settled(places: dict[str, int], dates: tuple[int, ...]) -> dict[str, int]:
    """One use for each column; a debit column without a credit one beside an amount is none of money."""
    if dates and places.get("currency") == dates[0]:
        places.pop("currency")
    if places.get("type") == places.get("amount"):
        places.pop("type", None)
    if "amount" in places and ("debit" in places) != ("credit" in places):
        places.pop("debit", None)
        places.pop("credit", None)
    return places


def _unit(names: list[str], places: dict[str, int]) -> str | None:
    return next((unit for role in MONEY if role in places and (unit := unit_of(names[places[role]]))), None)


def mapped(names: list[str], mapping: dict[str, str]) -> Columns:
    """The columns of a header with those that a person names; the others are guessed, but never the same ones again.

    Raises:
        Unreadable: on "mapping", a field that there isn't or a column that there isn't.
    """
    if unknown := [wanted for wanted in mapping if wanted not in FIELDS]:
        raise Unreadable("mapping", f"“{echo(unknown[0])}” is no field. The fields are: {', '.join(FIELDS)}.")
    if missing := [column for column in mapping.values() if place_of(names, column) is None]:
        raise Unreadable("mapping", f"There is no column “{echo(missing[0])}”. {seen(names)}")
    given = {role: place for role, column in mapping.items() if (place := place_of(names, column)) is not None}
    guessed = recognised(names)
    money = bool(set(MONEY) & set(given))
    rest = {
        role: place
        for role, place in guessed.places.items()
        if place not in given.values() and not (money and role in MONEY)
    }
    places = {**rest, **given}
    date = places.pop("date", None)
    others = tuple(place for place in guessed.dates if place not in given.values())
    return Columns(places, others if date is None else (date,), _unit(names, places), names)


def place_of(names: list[str], column: str) -> int | None:
    """The place of a column by its name, case and punctuation aside; an exact name wins."""
    if column in names:
        return names.index(column)
    folded = [fold(name) for name in names]
    return folded.index(fold(column)) if fold(column) in folded else None


def seen(names: list[str]) -> str:
    """The columns that there are, in words."""
    listed = ", ".join(f"“{echo(name)}”" for name in names[:30] if name.strip())
    return f"The columns are: {listed}." if listed else "No header was found."


def currency_in(cell: str) -> bool:
    """Whether a cell can be one of a currency column."""
    return not cell.strip() or currency_of(cell, None) is not None
