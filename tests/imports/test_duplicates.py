"""What comes again is there once; true twins stay twins; what was typed in is offered, not merged."""

from tests.accounts import at_once
from tests.factories import Person, data
from tests.imports.files import CSV, OFX, TRANSACTIONS, counts, imported, send, statement, transactions

HEADER = b"Date,Amount,Description\n"


def lines(*days: str) -> bytes:
    return HEADER + b"".join(f"2026-01-{day},-3.20,CORNER COFFEE\n".encode() for day in days)


def test_downloads_that_overlap_are_one_account(person: Person) -> None:
    assert counts(imported(person, lines("01", "02", "02", "03", "03"))) == (5, 0, 0)
    # It begins in the middle of the third, of which the first had not the last coffee yet.
    assert counts(imported(person, lines("02", "02", "03", "03", "03", "04"))) == (2, 4, 0)
    assert [one["local_date"][-2:] for one in transactions(person)] == ["01", "02", "02", "03", "03", "03", "04"]


def test_the_bank_s_id_tells_more_than_the_text(person: Person) -> None:
    imported(person, OFX, "a.ofx")
    told_otherwise = OFX.replace(b"NETFLIX.COM", b"NETFLIX INTERNATIONAL").replace(b"20260105", b"20260106")
    assert counts(imported(person, told_otherwise, "b.ofx")) == (0, 2, 0)
    assert counts(imported(person, OFX.replace(b"A1", b"A3"), "c.ofx")) == (1, 1, 0)


def test_a_row_that_has_an_id_in_one_file_alone_is_the_same_row(person: Person, stranger: Person) -> None:
    one_id_for_all = OFX.replace(b"<FITID>A2", b"<FITID>A1")  # which is none for either
    assert counts(imported(person, OFX, "a.ofx")) == (2, 0, 0)
    assert counts(imported(person, one_id_for_all, "b.ofx")) == (0, 2, 0)
    assert counts(imported(stranger, one_id_for_all, "b.ofx", dry_run=True)) == (2, 0, 0)
    assert counts(imported(stranger, one_id_for_all, "b.ofx")) == (2, 0, 0)
    assert counts(imported(stranger, OFX, "a.ofx")) == (0, 2, 0)


def test_two_ids_are_two_rows_however_alike(person: Person) -> None:
    imported(person, OFX, "a.ofx")
    line = next(one for one in OFX.splitlines(keepends=True) if b"A1" in one)
    assert counts(imported(person, OFX.replace(line, line.replace(b"A1", b"A3")), "b.ofx")) == (1, 1, 0)
    assert counts(imported(person, OFX.replace(line, line + line.replace(b"A1", b"A3")), "c.ofx")) == (0, 3, 0)


def test_a_currency_that_was_only_assumed_tells_no_rows_apart(person: Person) -> None:
    imported(person, CSV)
    assert counts(imported(person, CSV, currency="EUR")) == (0, 4, 0)
    named = b"Date,Amount,Description,Currency\n2026-01-05,-3.20,tea,%s\n"
    for currency in (b"INR", b"EUR"):
        assert counts(imported(person, named % currency)) == (1, 0, 0)


def test_a_deleted_row_comes_back_and_an_edited_one_stays(person: Person) -> None:
    imported(person, CSV)
    first, second, *_ = transactions(person)
    assert person.delete(f"{TRANSACTIONS}{first['_id']}").status_code == 200
    assert person.patch(f"{TRANSACTIONS}{second['_id']}", {"description": "with Ann"}).status_code == 200
    assert counts(imported(person, CSV, dry_run=True)) == (1, 3, 0)
    assert counts(imported(person, CSV)) == (1, 3, 0)
    assert [one["description"] for one in transactions(person)][1:3] == ["with Ann", "CORNER COFFEE"]


def test_the_same_file_sent_at_once_is_stored_once(person: Person) -> None:
    content = statement(300)
    outcomes = at_once(4, lambda _: imported(person, content))
    assert sum(outcome["created"] for outcome in outcomes) == 300
    assert all(outcome["created"] + outcome["duplicates"] == 300 for outcome in outcomes)
    assert data(person.get(TRANSACTIONS))["pagination"]["total"] == 300


def test_a_key_makes_sending_again_safe(person: Person) -> None:
    first, again = (send(person, CSV, key="k") for _ in range(2))
    assert (first.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = send(person, lines("01"), key="k")
    assert (other.status_code, other.json["data"]["code"]) == (409, "idempotency_key_reused")


def test_what_was_typed_in_is_offered_and_not_merged(person: Person) -> None:
    near = person.spend(12.5, description="Netflix", date="2026-01-02", currency="INR")
    person.spend(12.5, description="Netflix", date="2026-01-09")  # four days away
    person.spend(12.51, description="Netflix", date="2026-01-05")
    person.spend(3.2, description="parking", date="2026-01-06")
    for dry_run in (True, False):
        outcome = imported(person, CSV, dry_run=dry_run)
        (match,) = outcome["possible_matches"]
        assert (match["row"], match["transaction"]["_id"]) == (2, near["_id"])
        assert match["transaction"]["date"] == "2026-01-02"
        assert bool(match["imported_id"]) is not dry_run
        assert counts(outcome) == (4, 0, 0)


def test_the_same_account_in_another_format_is_offered(person: Person, stranger: Person) -> None:
    imported(person, OFX, "a.ofx")
    there = transactions(person)[0]["_id"]
    (match,) = imported(person, CSV, currency="EUR")["possible_matches"]
    assert (match["row"], match["transaction"]["_id"]) == (2, there)

    imported(stranger, CSV, currency="EUR")
    assert imported(stranger, CSV.replace(b"POS 4029", b"POS 4030"))["possible_matches"] == []  # another evening
    assert [match["row"] for match in imported(stranger, OFX, "a.ofx")["possible_matches"]] == [1]


def test_nobody_else_s_rows_count(person: Person, stranger: Person) -> None:
    imported(person, CSV)
    person.spend(12.5, description="Netflix", date="2026-01-05")
    outcome = imported(stranger, CSV)
    assert counts(outcome) == (4, 0, 0)
    assert outcome["possible_matches"] == []


def test_what_the_person_chose_for_a_merchant_is_its_category(person: Person) -> None:
    person.spend(2, category="Education", description="x", merchant="Corner Cofee")
    person.spend(2, category="Travel", description="x", merchant="www.netflix.co.in")
    outcome = imported(person, CSV)
    assert [row["category"] for row in outcome["preview"]] == ["Travel", "Education", "Education", "Other"]


def test_the_file_s_own_category_wins(person: Person) -> None:
    content = b"Date,Amount,Description,Category\n2026-01-05,-3.20,CORNER COFFEE,%s\n"
    for named, ours in ((b"groceries", "Groceries"), (b"Auto & Transport", "Transportation"), (b"?", "Food & Dining")):
        (row,) = imported(person, content % named, dry_run=True)["preview"]
        assert row["category"] == ours
