"""How CSV files write days, amounts and signs; told from all rows of a file, never from one."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.services.statements import Entry
from tests.statements.reading import OPTIONS, entries, faults, refusal, statement


def table(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def days(*cells: str, **options: object) -> list[date | datetime]:
    content = table("date|amount|description", *(f"{cell}|-1.00|x" for cell in cells))
    return [entry.day for entry in entries(content, OPTIONS._replace(**options))]


def money(*cells: str, currency: str | None = None) -> list[tuple[str, Decimal, str | None]]:
    content = table("date|amount|description", *(f"2026-01-05|{cell}|x" for cell in cells))
    found = entries(content, OPTIONS._replace(currency=currency))
    return [(entry.type, entry.amount, entry.currency) for entry in found]


def numbers(*cells: str, currency: str | None = None) -> list[Decimal]:
    return [amount for _, amount, _ in money(*cells, currency=currency)]


def kinds(header: str, *rows: str) -> list[str]:
    return [entry.type for entry in entries(table(header, *rows))]


FIFTH = date(2026, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05",
        "2026/1/5",
        "2026.01.05",
        "20260105",
        "2026-01-05 13:45",
        "2026-01-05T13:45:00",
        "20260105134500",
        "2026-01-05 13:45:00.123",
        "5 Jan 2026",
        "05-Jan-2026",
        "05-JAN-26",
        "Jan 5, 2026",
        "January 5th, 2026",
        "Mon, 5 Jan 2026",
        "5. Januar 2026",
        "5 janv. 2026",
        "5 de enero de 2026",
        "5 gennaio 2026",
        "5 januari 2026",
        "05/jan/2026",
        "2026年1月5日",
        "2026年01月05日 13:45:00",
        "２０２６年１月５日",
        "05.01.2026",
        "5.1.26",
        "2026-Jan-05",
        "Monday, January 5, 2026 1:45 PM",
    ],
)
def test_a_day_that_is_plain_by_itself(cell: str) -> None:
    assert days(cell) == [FIFTH]


@pytest.mark.parametrize("cell", ["2026-01-05T00:00:00+00:00", "05.01.2026 12:00 AM Z", "5 Jan 2026 00:00 -0500"])
def test_midnight_is_a_day_wherever_it_is(cell: str) -> None:
    assert days(cell) == [FIFTH]


def test_an_offset_makes_an_instant() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert days("2026-01-05T23:30:00Z", "2026-01-05 23:30 +05:30", "05.01.2026 11:30 PM -0300") == [
        datetime(2026, 1, 5, 23, 30, tzinfo=UTC),
        datetime(2026, 1, 5, 23, 30, tzinfo=india),
        datetime(2026, 1, 5, 23, 30, tzinfo=timezone(timedelta(hours=-3))),
    ]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (("03/04/2026", "25/04/2026"), date(2026, 4, 3)),
        (("03/04/2026", "04/25/2026"), date(2026, 3, 4)),
        (("3-4-26", "3-25-26"), date(2026, 3, 4)),
        (("03042026", "25042026"), date(2026, 4, 3)),
        (("26-01-05", "26-01-28"), date(2026, 1, 5)),
        (("05-01-26", "28-01-26"), date(2026, 1, 5)),
        (("05/05/2026", "06/06/2026"), date(2026, 5, 5)),
        (("03.04.2026", "04.05.2026"), date(2026, 4, 3)),
        (("01/02/99", "13/02/99"), date(1999, 2, 1)),
    ],
)
def test_other_rows_tell_in_what_order_a_day_is_written(cells: tuple[str, ...], first: date) -> None:
    assert days(*cells)[0] == first
    assert days(*reversed(cells))[-1] == first


def test_the_row_that_tells_may_be_the_last_of_many() -> None:
    cells = [f"{1 + number % 12:02}/{1 + number % 11:02}/2026" for number in range(5000)]
    assert refusal(table("date|amount", *(f"{cell}|1" for cell in cells))).field == "date_format"
    assert days(*cells, "01/31/2026")[1] == date(2026, 2, 2)
    assert days("12/11/2026", *cells, "31/01/2026")[0] == date(2026, 11, 12)


def test_days_that_can_be_read_in_two_ways_are_refused_until_somebody_says_how() -> None:
    content = table("Date,Amount,Description", "05/05/2026,-1,a", "01/02/2026,-4.50,Tea", "03/04/2026,-5.50,Tea")
    refused = refusal(content)
    assert (refused.field, refused.rows) == ("date_format", [3, 4])
    assert "01/02/2026" in refused.message
    assert "row 3, 4" in refused.message
    for day_first in ("DD/MM/YYYY", "%d/%m/%Y", "d.m.yy"):
        found = entries(content, OPTIONS._replace(date_format=day_first))
        assert [entry.day for entry in found] == [date(2026, 5, 5), date(2026, 2, 1), date(2026, 4, 3)]
    for month_first in ("MM/DD/YYYY", "%m/%d/%Y", "M/D/YY"):
        found = entries(content, OPTIONS._replace(date_format=month_first))
        assert [entry.day for entry in found] == [date(2026, 5, 5), date(2026, 1, 2), date(2026, 3, 4)]


@pytest.mark.parametrize("header", ["Created on", "Finished on", "Paid on", "Booked", "Ledger", "Day", "Fecha"])
def test_only_a_language_that_never_puts_the_month_first_spares_the_question(header: str) -> None:
    content = table(f"{header},Amount", "03/04/2026,-1")
    assert refusal(content, OPTIONS._replace(mapping={"date": header})).field == "date_format"


@pytest.mark.parametrize("cells", [("25/12/24",), ("22-12-24",), ("24/03/12", "24/03/13")])
def test_years_of_two_digits_that_may_stand_at_either_end_are_asked_for(cells: tuple[str, ...]) -> None:
    refused = refusal(table("Buchungstag|amount", *(f"{cell}|-1" for cell in cells)))
    assert refused.field == "date_format"
    assert "YYYY/MM/DD" in refused.message
    assert cells[0] in refused.message


def test_no_year_is_put_first_to_lie_in_the_future() -> None:
    assert days("26/12/25") == [date(2025, 12, 26)]
    assert days("26/12/25", date_format="YY/MM/DD") == [date(2026, 12, 25)]


def test_where_the_month_never_comes_first_nobody_is_asked() -> None:
    decimal_commas = table("Date;Montant;Libellé", "01/02/2026;-4,50;Thé", "03/04/2026;-5,50;Thé")
    german = table("Buchungstag;Betrag;Verwendungszweck", "01/02/2026;-4;Tee", "03/04/2026;-5;Tee")
    for content in (decimal_commas, german):
        assert [entry.day for entry in entries(content)] == [date(2026, 2, 1), date(2026, 4, 3)]


def test_rows_that_contradict_each_other_are_named() -> None:
    refused = refusal(table("date,amount", "13/01/2026,1", "01/14/2026,1", "15/01/2026,1"))
    assert (refused.field, refused.rows) == ("date_format", [2, 3, 4])
    mostly = table("date,amount", *(f"{day}/01/2026,1" for day in range(13, 20)), "01/25/2026,1")
    assert faults(mostly) == [(9, "date")]


@pytest.mark.parametrize("date_format", ["tomorrow", "DD/DD/DD", "YYYY-DD-MM", "%H:%M"])
def test_a_format_that_names_no_order(date_format: str) -> None:
    content = table("date,amount", "01/02/2026,1")
    assert refusal(content, OPTIONS._replace(date_format=date_format)).field == "date_format"


def test_a_format_that_fits_no_row() -> None:
    content = table("date,amount", "25/01/2026,1", "26/01/2026,1")
    assert refusal(content, OPTIONS._replace(date_format="MM/DD/YYYY")).rows == [2, 3]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "31/04/2026",
        "2026-13-01",
        "32.01.2026",
        "0000-01-01",
        "20261301",
        "5 Foo 2026",
        "12:30",
        "1",
        "x" * 300,
    ],
)
def test_days_that_the_calendar_does_not_have(cell: str) -> None:
    assert faults(table("date|amount", "2026-01-05|1", f"{cell}|2", "2026-01-06|3")) == [(3, "date")]


NUMBERS = {
    "1234.56": "1234.56",
    "1,234.56": "1234.56",
    "1.234,56": "1234.56",
    "1 234,56": "1234.56",
    "1\xa0234,56": "1234.56",
    "1\u202f234.56": "1234.56",
    "1'234.56": "1234.56",
    "1’234.56": "1234.56",
    "1,25,000.00": "125000.00",
    "1,234,567": "1234567",
    "1.234.567": "1234567",
    "0,5": "0.5",
    ".50": "0.50",
    "45.5000": "45.5000",
    "１２３": "123",
    "12": "12",
}
MARKS = ("{}", "-{}", "({})", "{}-", "−{}", "- {}", "{} DR", "Dr. {}", "€-{}", "-€ {}", "{} EUR DR", "EUR ({})")


@pytest.mark.parametrize("mark", MARKS)
def test_an_amount_in_any_style(mark: str) -> None:
    for cell, expected in NUMBERS.items():
        assert [found[:2] for found in money(mark.format(cell))] == [("expense", Decimal(expected))]


@pytest.mark.parametrize("mark", ["+{}", "{} CR", "{}Cr.", "Cr {}", "{}+", "+₹{}", "USD {} CR"])
def test_an_amount_that_comes_in(mark: str) -> None:
    assert money(mark.format("1,045.50"))[0][:2] == ("income", Decimal("1045.50"))


@pytest.mark.parametrize(
    ("cell", "preferred", "currency"),
    [
        ("$45.50", None, "USD"),
        ("$45.50", "CAD", "CAD"),
        ("$45.50", "INR", "USD"),
        ("45,50 €", "INR", "EUR"),
        ("£45.50", None, "GBP"),
        ("₹45.50", "USD", "INR"),
        ("Rs. 45.50", None, "INR"),
        ("¥45", None, "JPY"),
        ("¥45", "CNY", "CNY"),
        ("US$ 45.50", "CAD", "USD"),
        ("45.50 chf", None, "CHF"),
        ("KWD 45.500", None, "KWD"),
        ("45円", None, "JPY"),
        ("45.50元", None, "CNY"),
        ("45.50", "EUR", None),
    ],
)
def test_a_currency_in_the_cell(cell: str, preferred: str | None, currency: str | None) -> None:
    assert [found for _, _, found in money(cell, currency=preferred)] == [currency]


@pytest.mark.parametrize(
    ("cells", "currency", "first"),
    [
        (("1,234", "1,5"), None, "1.234"),
        (("1,234", "1.5"), None, "1234"),
        (("1.234", "1,50"), None, "1234"),
        (("1.234", "12.345,6"), None, "1234"),
        (("1,234", "5"), "INR", "1234"),
        (("1.234", "5"), "EUR", "1234"),
        (("1.234", "5"), "JPY", "1234"),
        (("1.234", "5.000"), "KWD", "1.234"),
        (("1,234", "5,500"), "TND", "1.234"),
        (("1,234", "KWD 5"), "INR", "1234"),
    ],
)
def test_other_rows_tell_what_a_separator_is(cells: tuple[str, ...], currency: str | None, first: str) -> None:
    assert numbers(*cells, currency=currency)[0] == Decimal(first)


@pytest.mark.parametrize(
    ("cells", "currency"),
    [
        (("-1,234", "-1.500"), None),
        (("-1.500", "-1,234"), "INR"),
        (("-1.500 USD", "-45.250 KWD"), None),
        (("-45.250 KWD", "-1.500 USD"), None),
        (("-1.500 USD", "-45.250"), "KWD"),
        (("1.234", "-4.321", "5"), "KWD"),
    ],
)
def test_what_no_row_and_no_currency_tells_is_a_fault(cells: tuple[str, ...], currency: str | None) -> None:
    content = table("date|amount", *(f"2026-01-05|{cell}" for cell in cells))
    assert faults(content, OPTIONS._replace(currency=currency)) == [(2, "amount"), (3, "amount")]
    column = table("date|amount|currency", *("2026-01-05|" + "|".join(cell.split()) for cell in cells))
    assert faults(column, OPTIONS._replace(currency=currency)) == [(2, "amount"), (3, "amount")]


def test_an_amount_written_unlike_all_others_is_a_fault() -> None:
    rows = [f"2026-01-{day:02}|{day}.50" for day in range(1, 20)]
    assert faults(table("date|amount", *rows, "2026-01-20|12,5", "2026-01-21|1,234.5")) == [(21, "amount")]


@pytest.mark.parametrize(
    "cell",
    ["abc", "12.34.56", "1,2,3", "(5", "5)", "--5", "+-5", "5 XYZ", "1e5", "NaN", "∞", "$", "5 EUR USD", "9" * 60],
)
def test_what_is_no_amount(cell: str) -> None:
    assert faults(table("date|amount", "2026-01-05|1.50", f"2026-01-05|{cell}")) == [(3, "amount")]


def test_signs_as_banks_write_them() -> None:
    assert kinds("date,amount", "2026-01-05,-1", "2026-01-05,2") == ["expense", "income"]
    assert kinds("date,amount", "2026-01-05,1", "2026-01-05,2 CR") == ["expense", "income"]
    assert kinds("date,amount", "2026-01-05,1 DR", "2026-01-05,2 CR", "2026-01-05,2") == ["expense", "income", "income"]
    assert kinds("date,amount", "2026-01-05,(1)", "2026-01-05,2") == ["expense", "income"]
    assert kinds("date,amount", "2026-01-05,+1", "2026-01-05,2") == ["income", "expense"]


def test_a_file_without_any_sign_is_of_expenses_and_says_so() -> None:
    found, good, _ = statement(table("date,amount,description", "2026-01-05,1,a", "2026-01-05,2,b"))
    assert {entry.type for entry in good} == {"expense"}
    assert any("expenses" in note for note in found.notes)


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("date,amount,type", ("2026-01-05,1,Debit", "2026-01-05,2,Credit"), ["expense", "income"]),
        ("date,amount,dr/cr", ("2026-01-05,1,D", "2026-01-05,2,C"), ["expense", "income"]),
        ("Datum,Betrag,Soll/Haben", ("2026-01-05,1,S", "2026-01-05,2,H"), ["expense", "income"]),
        ("date,amount,sign", ("2026-01-05,1,-", "2026-01-05,2,+"), ["expense", "income"]),
        ("date,amount,type", ("2026-01-05,-1,expense", "2026-01-05,2,income"), ["expense", "income"]),
        ("date,amount,type", ("2026-01-05,-1,Card", "2026-01-05,2,Transfer"), ["expense", "income"]),
        ("date,amount,type", ("2026-01-05,1,Card", "2026-01-05,2,Cash"), ["expense", "expense"]),
        (
            "date,amount,type",
            ("2026-01-05,1,expense", "2026-01-05,2,expense", "2026-01-05,-2,expense"),
            ["expense", "expense", "refund"],
        ),
        ("date,amount,type", ("2026-01-05,1,Groceries", "2026-01-05,2,Salary"), ["expense", "income"]),
        ("date,expenses,income", ("2026-01-05,1,", "2026-01-05,,2"), ["expense", "income"]),
        ("date,debit,credit", ("2026-01-05,1,", "2026-01-05,,2"), ["expense", "income"]),
        ("date,debit,credit", ("2026-01-05,-1,0.00", "2026-01-05,0.00,2"), ["expense", "income"]),
        ("date,debit,credit", ("2026-01-05,1,", "2026-01-05,2,-", "2026-01-05,-1,"), ["expense", "expense", "refund"]),
    ],
)
def test_signs_by_type_and_by_column(header: str, rows: tuple[str, ...], expected: list[str]) -> None:
    assert kinds(header, *rows) == expected


def test_a_card_statement_is_not_turned_round_without_a_word() -> None:
    rows = ("2026-01-05,30,Shop", "2026-01-06,40,Shop", "2026-01-07,50,Shop", "2026-01-08,-120,AUTOPAY 123")
    content = table("date,amount,description", *rows)
    refused = refusal(content)
    assert (refused.field, refused.rows) == ("mapping", [5])
    for side, expected in (("debit", ["expense"] * 3 + ["refund"]), ("credit", ["income"] * 3 + ["expense"])):
        found = entries(content, OPTIONS._replace(mapping={side: "amount"}))
        assert [entry.type for entry in found] == expected
    found, good, _ = statement(table("date,amount,description", *rows[:3], "2026-01-08,-120,Rent"))
    assert [entry.type for entry in good] == ["income"] * 3 + ["expense"]
    assert any("without as income" in note for note in found.notes)


def test_faults_of_types_and_sides() -> None:
    assert faults(table("date,amount,type", "2026-01-05,1,expense", "2026-01-05,2,transfer")) == [(3, "type")]
    assert faults(table("date,debit,credit", "2026-01-05,1,", "2026-01-05,1,2", "2026-01-05,,")) == [
        (3, "amount"),
        (4, "amount"),
    ]
    assert faults(table("date,amount,state", "2026-01-05,1,COMPLETED", "2026-01-05,1,DECLINED")) == [(3, "status")]
    assert faults(table("date,amount,currency", "2026-01-05,1,USD", "2026-01-05,1,XYZ")) == [(3, "currency")]


def test_a_row_that_contradicts_itself_is_a_fault() -> None:
    rows = ("2026-01-05,€5.00,USD", "2026-01-05,5.00 CHF,EUR", "2026-01-05,$5.00,CAD", "2026-01-05,$5.00,DOP")
    assert faults(table("date,amount,currency", *rows)) == [(2, "currency"), (3, "currency")]
    assert faults(table("date,amount (EUR)", "2026-01-05,$5.00", "2026-01-05,€5.00")) == [(2, "currency")]
    signs = ("-45.00 CR", "(45.00) CR", "+45.00 DR", "CR 45.00-", "-45.00 DR", "+45.00 CR")
    assert [row for row, _ in faults(table("date,amount", *(f"2026-01-05,{one}" for one in signs)))] == [2, 3, 4, 5]


def one(header: str, row: str, **options: object) -> Entry:
    (entry,) = entries(table(header, row), OPTIONS._replace(**options))
    return entry


def test_all_columns_come_along() -> None:
    header = "Date,Amount,Currency,Payee,Description,Category,Notes,Tags,Transaction ID"
    assert one(header, '2026-01-05,-4.50,gbp," Tea  House ",Tea,Food,"two\tcups","#work, fun",AB123456789') == Entry(
        row=2,
        type="expense",
        amount=Decimal("4.50"),
        currency="GBP",
        day=FIFTH,
        description="Tea",
        merchant="Tea House",
        category="Food",
        notes="two cups",
        tags=("work", "fun"),
        bank_id="AB123456789",
    )


def test_whole_amounts_may_end_with_a_dash() -> None:
    assert numbers("1,250/-", "1.5") == [Decimal(1250), Decimal("1.5")]
    assert numbers("45,-", "1,5") == [Decimal(45), Decimal("1.5")]


def test_a_row_without_words_is_called_by_what_there_is() -> None:
    assert one("date,amount,payee,description", "2026-01-05,-1,Shop,").description == "Shop"
    assert one("date,amount,category", "2026-01-05,-1,Food").description == "Food"
    assert one("date,amount", "2026-01-05,-1").description == "Expense"


def test_an_id_is_believed_where_it_tells_its_row_from_all_others() -> None:
    def ids(*cells: str) -> list[str | None]:
        rows = (f"2026-01-05,-1,{cell}" for cell in cells)
        return [entry.bank_id for entry in entries(table("date,amount,transaction id", *rows))]

    assert ids("AB000000001", "AB000000002", "") == ["AB000000001", "AB000000002", None]
    assert ids("AB000000001", "AB000000002", '"=""AB000000001"""') == [None, "AB000000002", None]
    assert ids("AB000000001", "CASH", "NOTPROVIDED", "00000000", "1.23457E+15") == ["AB000000001", *[None] * 4]
    assert ids("1", "2", "3") == [None, None, None]


def test_a_mapping_wins() -> None:
    header, row = "Date,Booked,Amount,Fee,Description,Shop", "2026-01-05,2026-01-06,-4.50,-1.00,words,corner"
    plain = one(header, row)
    assert (plain.day, plain.amount, plain.description) == (FIFTH, Decimal("4.50"), "words")
    mapping = {"date": "booked", "amount": "Fee", "description": "Shop"}
    told = one(header, row, mapping=mapping)
    assert (told.day, told.amount, told.description) == (date(2026, 1, 6), Decimal("1.00"), "corner")
    odd = table("when;what;how much", "2026-01-05;Tea;4,50")
    (entry,) = entries(odd, OPTIONS._replace(mapping={"date": "when", "amount": "how much", "description": "what"}))
    assert (entry.amount, entry.description) == (Decimal("4.50"), "Tea")


@pytest.mark.parametrize("mapping", [{"date": "nope"}, {"date": "Date", "amount": "nope"}, {"colour": "Date"}])
def test_a_mapping_to_what_is_not_there(mapping: dict[str, str]) -> None:
    refused = refusal(table("Date,Amount,Description", "2026-01-05,1,x"), OPTIONS._replace(mapping=mapping))
    assert refused.field == "mapping"
    assert "nope" in refused.message or "colour" in refused.message


def test_a_file_without_a_header() -> None:
    content = table("2026-01-05,Tea,-4.50,EUR", "2026-01-06,Pay,1200.00,EUR")
    assert [(entry.row, entry.type, entry.description, entry.currency) for entry in entries(content)] == [
        (1, "expense", "Tea", "EUR"),
        (2, "income", "Pay", "EUR"),
    ]
    sides = table("05.01.2026;Tee;4,50;", "16.01.2026;Lohn;;1.200,00")
    assert [(entry.type, entry.amount) for entry in entries(sides)] == [
        ("expense", Decimal("4.50")),
        ("income", Decimal("1200.00")),
    ]
    numbered = OPTIONS._replace(mapping={"date": "1", "amount": "3", "description": "2"})
    assert len(entries(content, numbered)) == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_line_ends_and_quoting(delimiter: str, ending: str) -> None:
    rows = [
        ["date", "amount", "description"],
        ["2026-01-05", "-4.50", f'"Tea{delimiter} ""green""{ending}and more"'],
        [],
        ["2026-01-06", "-1.00", '5" nails'],
    ]
    content = ending.join(delimiter.join(row) for row in rows).encode()
    assert [(entry.row, entry.description) for entry in entries(content)] == [
        (2, f'Tea{" " if delimiter == chr(9) else delimiter} "green" and more'.replace("  ", " ")),
        (5, '5" nails'),
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Müller"),
        ("cp1252", "Café Créée à l’île"),
        ("cp1252", "€ und £"),
        ("cp1252", "señor Ñandú"),
        ("utf-8", "Łódź 東京"),
        ("gb18030", "超市购物"),
        ("gb18030", "滴滴出行"),
        ("euc_jp", "スーパー"),
        ("euc_jp", "給与振込"),
        ("cp932", "コンビニ"),
        ("utf-16", "Ünï 中文 x"),
    ],
)
def test_short_files_in_many_encodings(encoding: str, text: str) -> None:
    header = {"gb18030": "日期,金额,说明", "euc_jp": "日付,金額,摘要", "cp932": "日付,金額,摘要"}.get(
        encoding, "Date,Amount,Description"
    )
    content = f"{header}\n2026-01-05,-4.50,{text}\n".encode(encoding)
    assert [entry.description for entry in entries(content)] == [text]


WORDS = {
    "gb18030": ("超市", "地铁", "午餐", "房租", "星巴克咖啡", "水电费", "健身房", "停车费", "电影票"),
    "euc_jp": ("スーパー", "給与", "家賃", "東京電力", "お茶", "本", "映画", "駐車場"),
    "cp932": ("コンビニ", "給与", "病院", "ガソリン", "楽天"),
    "cp1252": (
        "Müller",
        "Größenänderung",
        "Crédit à l’hôtel",
        "it’s",
        "£5",
        "5 €",
        "GEBÜHREN MÄRZ",
        "señor",
        "fête créée",
    ),
}


@pytest.mark.parametrize("encoding", WORDS)
def test_one_word_tells_an_encoding(encoding: str) -> None:
    for word in WORDS[encoding]:
        content = table("Date,Amount,Description", f"2026-01-05,-4.50,{word}").decode().encode(encoding)
        assert [entry.description for entry in entries(content)] == [word]


def test_an_accent_far_down_a_long_file_decides_its_encoding() -> None:
    rows = b"2026-01-05,-4.50,Tea\n" * 5_000
    found = entries(b"Date,Amount,Description\n" + rows + "2026-01-05,-4.50,Café\n".encode("cp1252"))
    assert found[-1].description == "Café"
    found = entries(b"Date,Amount,Description\n" + rows + "2026-01-05,-4.50,Café\n".encode())
    assert found[-1].description == "Café"
