"""What was bought, out of made-up receipts."""

from decimal import Decimal
from time import perf_counter

import pytest

from app.services.receipt_parser import charges, line_items, rows
from app.services.receipt_parser.types import LineItem
from tests.receipt_parser.layout import page

Rows = list[str | tuple[str, ...]]


def items(*written: str | tuple[str, ...], total: str | None = None) -> list[LineItem]:
    found = rows.read([page(list(written))])
    return list(line_items.read(found, Decimal(total) if total else None, charges.read(found)))


def bought(*written: str | tuple[str, ...], total: str | None = None) -> list[tuple[str, str]]:
    return [(item.name, str(item.total_price)) for item in items(*written, total=total)]


def test_reads_the_rows_between_the_head_and_the_sums() -> None:
    found = bought(
        "THE BLUE KETTLE",
        "12 Harbour Road",
        ("Table 4", "11:20"),
        ("Leek soup", "4.20"),
        ("Bread rolls", "1.80 A"),
        ("Subtotal", "6.00"),
        ("VAT 20%", "1.20"),
        ("TOTAL", "7.20"),
        ("CASH", "10.00"),
        ("CHANGE", "2.80"),
        total="7.20",
    )
    assert found == [("Leek soup", "4.20"), ("Bread rolls", "1.80")]


@pytest.mark.parametrize(
    ("row", "quantity", "unit"),
    [
        (("2 Lemonade", "5.00"), "2", "2.50"),
        (("2 x Lemonade", "5.00"), "2", "2.50"),
        (("Lemonade", "2", "2.50", "5.00"), "2", "2.50"),
        (("Lemonade 2 @ 2.50", "5.00"), "2", "2.50"),
        (("4006381333931 Lemonade", "5.00"), None, None),
        (("Lemonade 330", "5.00"), None, None),
        (("2,00", "Lemonade", "5,00 €"), "2", "2.50"),
        (("3 Lemonade", "5.00"), "3", None),
    ],
)
def test_reads_quantity_and_unit_price(row: tuple[str, ...], quantity: str | None, unit: str | None) -> None:
    (item,) = items("CORNER SHOP", row, ("TOTAL", "5.00"), total="5.00")
    assert item.name.startswith("Lemonade")
    assert item.total_price == Decimal("5.00")
    assert item.quantity == (None if quantity is None else Decimal(quantity))
    assert item.unit_price == (None if unit is None else Decimal(unit))


def test_takes_the_name_of_a_price_from_the_row_above() -> None:
    found = items(
        ("ITEM", "QTY", "PRICE", "AMOUNT"),
        ("WHITE RICE 5KG", ""),
        ("955123400001  2 x 18.50", "37.00"),
        ("COOKING OIL 2KG", ""),
        ("955123400002  1 x 12.90", "12.90"),
        ("TOTAL", "49.90"),
        total="49.90",
    )
    assert [(item.name, str(item.total_price)) for item in found] == [
        ("WHITE RICE 5KG", "37.00"),
        ("COOKING OIL 2KG", "12.90"),
    ]
    assert found[0].quantity == 2
    assert found[0].unit_price == Decimal("18.50")


def test_takes_the_name_of_a_price_from_the_row_below() -> None:
    found = bought(
        ("SALE", ""),
        ("4271001", "16.99"),
        ("BLANK DISCS 50 PACK", ""),
        ("4271002", "9.99"),
        ("PHOTO PAPER GLOSSY", ""),
        ("SUBTOTAL", "26.98"),
        ("TOTAL", "26.98"),
    )
    assert found == [("BLANK DISCS 50 PACK", "16.99"), ("PHOTO PAPER GLOSSY", "9.99")]


def test_reads_a_weight_below_its_item() -> None:
    (item, other) = items(
        ("BANANAS", "1.80"),
        ("0.452 kg @ 3.99/kg", ""),
        ("MILK 1L", "1.10"),
        ("TOTAL", "2.90"),
        total="2.90",
    )
    assert (item.name, item.total_price, item.quantity) == ("BANANAS", Decimal("1.80"), Decimal("0.452"))
    assert item.unit_price == Decimal("3.99")
    assert other.name == "MILK 1L"


def test_rows_that_would_break_the_sum_are_left_out() -> None:
    found = bought(
        ("Burger", "8.50"),
        ("Fries", "3.00"),
        ("Eat in", "11.50"),
        ("Tax 8%", ".92"),
        ("Amount due", "12.42"),
        total="12.42",
    )
    assert found == [("Burger", "8.50"), ("Fries", "3.00")]


def test_a_gift_card_that_was_bought_is_an_item_when_the_sum_needs_it() -> None:
    found = bought(
        ("Gift card", "50.00"), ("Envelope", "1.00"), ("Subtotal", "51.00"), ("Total", "51.00"), ("Debit", "51.00")
    )
    assert found == [("Gift card", "50.00"), ("Envelope", "1.00")]


def test_other_sums_and_notes_are_no_items() -> None:
    found = bought(
        ("Walking boots", "89.00"),
        ("Regular price", "119.00"),
        ("You saved", "30.00"),
        ("Subtotal", "89.00"),
        ("Total", "89.00"),
        ("Visa ****1234", "89.00"),
        ("Points earned", "89.00"),
        "Call 555-0142 or visit us",
        total="89.00",
    )
    assert found == [("Walking boots", "89.00")]


def test_prices_without_decimals_are_read_where_all_are() -> None:
    found = bought(
        "WARUNG MELATI",
        ("1 Nasi goreng", "43,801"),
        ("1 Es teh", "7,000"),
        ("Sub Total", "50,801"),
        ("Pajak 10%", "5,080"),
        ("Total", "55,881"),
        total="55881",
    )
    assert found == [("Nasi goreng", "43801"), ("Es teh", "7000")]


def test_a_returned_item_is_negative() -> None:
    found = bought(("Kettle", "25.00"), ("Toaster returned", "-20.00"), ("Subtotal", "5.00"), ("Total", "5.00"))
    assert found == [("Kettle", "25.00"), ("Toaster returned", "-20.00")]


def test_a_photo_of_something_else_has_no_items() -> None:
    assert items("No dogs on the lawn", "Open 9:00 to 17:30", "Call 555-0142", "12 May 2026") == []
    assert line_items.read((), None, charges.read(())) == ()


def test_hostile_text_is_read_in_bounded_time() -> None:
    longest = "1 " * 150
    written: Rows = [
        (longest[:300], "1.00"),
        ("tax " * 75, "1.00"),
        ("0@x" * 100, "9.99"),
        ("1 " + "kgs" * 90 + "! 2", "1.00"),
    ] * 60
    began = perf_counter()
    assert len(items(*written, total="3.00")) <= len(written)
    assert perf_counter() - began < 10


@pytest.mark.parametrize("name", ["I Lemonade", "l lemonade", "L Lemonade jug", "i lemonade", "| Lemonade"])
def test_a_letter_for_a_one_breaks_nothing(name: str) -> None:
    (item,) = items((name, "5.00"), ("TOTAL", "5.00"), total="5.00")
    assert "emonade" in item.name
    assert item.quantity in (None, Decimal(1))


def test_sizes_and_prices_in_names_stay_names() -> None:
    found = bought(
        ('4 1/2" trowel', "10.07"), ("Nails (per pack) - RM5", ""), ("1921", "1", "5.30", "5.30"), ("TOTAL", "15.37")
    )
    assert [price for _, price in found] == ["10.07", "5.30"]
    assert found[1][0].startswith("Nails (per pack)")


def test_words_of_sums_and_prices_in_the_name_above_a_product_stay_a_name() -> None:
    found = items(
        ("ITEM", "QTY", "PRICE", "AMOUNT"),
        ("Member card gold", ""),
        ("88001", "1", "10.00", "10.00"),
        ("Sushi", "1.80"),
        ("4 X", "1.80", "7.20"),
        ("TOTAL", "17.20"),
        total="17.20",
    )
    assert [(item.name, str(item.total_price)) for item in found] == [
        ("Member card gold", "10.00"),
        ("Sushi 1.80", "7.20"),
    ]


def test_what_one_costs_is_no_line_of_its_own() -> None:
    assert bought(("Green tea", "3.00"), ("(Pot)", "@ 3.00"), ("TOTAL", "3.00")) == [("Green tea", "3.00")]


def test_a_name_of_two_rows_and_a_price_printed_twice() -> None:
    found = bought(
        ("DESCRIPTION", "QTY", "PRICE", "AMOUNT"),
        ("Label roll white", ""),
        ("(57mm x 60mm)", ""),
        ("9086391", "4 X", "2.90", "11.60"),
        ("", "11.60"),
        ("Test pen", ""),
        ("9020529", "1 X", "1.90", "1.90"),
        ("", "1.90"),
        ("TOTAL INCL. GST@6%", "13.50"),
        total="13.50",
    )
    assert found == [("Label roll white (57mm x 60mm)", "11.60"), ("Test pen", "1.90")]


def test_barcodes_and_codes_are_no_part_of_a_name() -> None:
    found = bought(
        ("Item", "Qty", "Price", "Total"),
        "Description",
        ("100507", "1", "7.99", "7.99"),
        ("Margarita mix", ""),
        ("Peach halves", "007874220622 F", "0.68"),
        ("EEEE 15994 Melon", "5.49"),
        ("Sibtotal", "14.16"),
        ("TOTAL", "14.16"),
    )
    assert found == [("Margarita mix", "7.99"), ("Peach halves", "0.68"), ("Melon", "5.49")]


def test_the_total_is_never_an_item_even_where_nothing_else_has_a_price() -> None:
    assert bought(("Cigar", "0.00"), ("Total", "1.07"), ("Total", "1.07"), total="1.07") == [("Cigar", "0.00")]
