"""Made-up invoices as firms of several countries lay them out, each with what a person reads in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.receipt_parser.sheets import Sheet


@dataclass(frozen=True)
class Expected:
    """What an invoice says; `items` are names and totals, `tax` None where it names none."""

    merchant: str
    date: date
    currency: str
    total: str
    items: tuple[tuple[str, str], ...]
    tax: str | None = None

    @property
    def lines(self) -> list[tuple[str, Decimal]]:
        """The items as they are compared."""
        return [(name, Decimal(total)) for name, total in self.items]


Layout = Callable[[], tuple[Sheet, Expected]]


def due_date_first() -> tuple[Sheet, Expected]:
    """United States: letterhead, bill to and ship to, the due date before the date of the invoice."""
    sheet = Sheet().write(50, 60, "Harbor Lights Electric, LLC", size=14).write(450, 60, "INVOICE", size=18)
    sheet.write(50, 78, "1200 Pier Avenue", "Portland, OR 97201", "billing@harborlights.com")
    sheet.write(50, 150, "Bill To:", "Cascade Dental Group Inc.", "88 Molar Street", "Salem, OR 97301")
    sheet.write(220, 150, "Ship To:", "Cascade Dental Group Inc.", "90 Molar Street", "Salem, OR 97301")
    sheet.write(400, 150, "Due Date: 05/04/2024", "Invoice Date: 04/19/2024", "Invoice #: 20417")
    items = (("Panel upgrade, 200 A", "1450.00"), ("Ground rods", "90.00"), ("Labor", "617.50"))
    sheet.goods(
        240,
        ("Description", "Qty", "Unit Price", "Amount"),
        ("Panel upgrade, 200 A", "1", "$1,450.00", "$1,450.00"),
        ("Ground rods", "4", "$22.50", "$90.00"),
        ("Labor", "6.5", "$95.00", "$617.50"),
    )
    sheet.sums(340, ("Subtotal", "$2,157.50"), ("Sales Tax (8.25%)", "$178.00"), ("Balance Due", "$2,335.50"))
    return sheet, Expected("Harbor Lights Electric, LLC", date(2024, 4, 19), "USD", "2335.50", items, "178.00")


def envelope_window() -> tuple[Sheet, Expected]:
    """Germany: the sender in one line over the buyer's address, the rest of the seller in the footer."""
    sheet = Sheet().write(60, 150, "Schreinerei Holzwurm GmbH · Am Sägewerk 3 · 86150 Augsburg", size=7)
    sheet.write(60, 170, "Sommer & Winter GmbH", "Lindenallee 14", "80331 München")
    sheet.write(400, 170, "Rechnungs-Nr.: 2024-118", "Lieferdatum: 02.05.2024", "Datum: 06.05.2024")
    sheet.write(60, 290, "Rechnung", size=16).goods(
        330,
        ("Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"),
        ("Einbauschrank Eiche", "1,00", "2.480,00 €", "2.480,00 €"),
        ("Montage", "6,50", "58,00 €", "377,00 €"),
    )
    sheet.sums(400, ("Nettobetrag", "2.857,00 €"), ("zzgl. 19 % MwSt.", "542,83 €"), ("Gesamtbetrag", "3.399,83 €"))
    sheet.write(60, 480, "Zahlbar bis 20.05.2024 ohne Abzug.").write(60, 780, "Schreinerei Holzwurm GmbH", size=7)
    sheet.write(220, 780, "Amtsgericht Augsburg HRB 4711", "USt-IdNr. DE123456789", size=7)
    items = (("Einbauschrank Eiche", "2480.00"), ("Montage", "377.00"))
    return sheet, Expected("Schreinerei Holzwurm GmbH", date(2024, 5, 6), "EUR", "3399.83", items, "542.83")


def seller_in_the_footer() -> tuple[Sheet, Expected]:
    """France: nobody but the buyer above the fold; a part of the sum is paid already."""
    sheet = Sheet().write(330, 90, "Madame Claire Fontaine", "12 rue des Lilas", "69003 Lyon")
    sheet.write(50, 180, "Facture n° F-2023-0457", size=14)
    sheet.write(50, 200, "Date d'échéance : 15 février 2023", "Date de facturation : 16 janvier 2023")
    sheet.write(50, 226, "Période : du 01/01/2023 au 31/01/2023").goods(
        280,
        ("Désignation", "Quantité", "Prix unitaire HT", "Montant HT"),
        ("Entretien du jardin", "4", "245,00 €", "980,00 €"),
        ("Taille de haies", "2", "160,00 €", "320,00 €"),
    )
    sheet.sums(360, ("Total HT", "1 300,00 €"), ("TVA 20 %", "260,00 €"), ("Total TTC", "1 560,00 €"))
    sheet.sums(408, ("Acompte versé", "400,00 €"), ("Reste à payer", "1 160,00 €"))
    sheet.write(90, 790, "Les Jardins d'Élise SARL au capital de 5 000 € - RCS Lyon 512 345 678", size=7)
    sheet.write(150, 800, "8 chemin des Mûriers 69110 Sainte-Foy-lès-Lyon - contact@jardins-elise.fr", size=7)
    items = (("Entretien du jardin", "980.00"), ("Taille de haies", "320.00"))
    return sheet, Expected("Les Jardins d'Élise SARL", date(2023, 1, 16), "EUR", "1560.00", items, "260.00")


def labels_beside_values() -> tuple[Sheet, Expected]:
    """The Netherlands: labels in one column, values in the next; the seller stands right."""
    sheet = Sheet().write(50, 60, "FACTUUR", size=20)
    sheet.write(400, 60, "De Groene Fiets V.O.F.", "Kanaalstraat 8", "3531 CJ Utrecht", "KvK 30112233", size=8)
    sheet.write(50, 150, "Factuur aan:", "Jansen Bouw B.V.", "t.a.v. Piet Jansen", "Dorpsweg 1")
    sheet.write(50, 250, "Vervaldatum", "Factuurdatum", "Factuurnummer")
    sheet.write(150, 250, "2 juni 2024", "19 mei 2024", "24.0133").goods(
        320,
        ("Omschrijving", "Aantal", "Prijs", "Totaal"),
        ("Stadsfiets, 7 versnellingen", "2", "€ 649,00", "€ 1.298,00"),
        ("Fietsslot ART-2", "2", "€ 34,95", "€ 69,90"),
    )
    sheet.sums(400, ("Subtotaal excl. btw", "€ 1.130,50"), ("Btw 21%", "€ 237,40"), ("Totaal incl. btw", "€ 1.367,90"))
    items = (("Stadsfiets, 7 versnellingen", "1298.00"), ("Fietsslot ART-2", "69.90"))
    return sheet, Expected("De Groene Fiets V.O.F.", date(2024, 5, 19), "EUR", "1367.90", items, "237.40")


def goods_and_services_tax() -> tuple[Sheet, Expected]:
    """India: two halves of the tax, codes and rates in the table, lakhs in the amounts."""
    sheet = Sheet().write(230, 40, "TAX INVOICE", size=14).write(50, 70, "Sharma Traders Pvt. Ltd.", size=12)
    sheet.write(50, 85, "14, MG Road, Pune 411001", "GSTIN: 27AABCS1234F1Z5")
    sheet.write(330, 70, "Invoice No: ST/2024-25/0981", "Invoice Date: 07-08-2024", "Order Date: 05-08-2024")
    sheet.write(50, 150, "Bill To", "Vikram Enterprises Private Limited", "22 FC Road", "GSTIN: 27AAACV9999K1Z2")
    sheet.write(330, 150, "Ship To", "Vikram Enterprises Private Limited", "Plot 9, MIDC").goods(
        250,
        ("Description", "HSN", "Qty", "Rate", "Tax %", "Amount"),
        ("Ceiling fan 1200 mm", "8414", "100", "1,850.00", "18%", "1,85,000.00"),
        ("LED tube 20 W", "8539", "50", "210.00", "18%", "10,500.00"),
        ends=(240, 300, 370, 450, 545),
    )
    sheet.sums(
        330,
        ("Taxable Value", "1,95,500.00"),
        ("CGST 9%", "17,595.00"),
        ("SGST 9%", "17,595.00"),
        ("Grand Total", "Rs. 2,30,690.00"),
    )
    items = (("Ceiling fan 1200 mm", "185000.00"), ("LED tube 20 W", "10500.00"))
    return sheet, Expected("Sharma Traders Pvt. Ltd.", date(2024, 8, 7), "INR", "230690.00", items, "35190.00")


def buyer_above_the_seller() -> tuple[Sheet, Expected]:
    """The United Kingdom: the buyer where letterheads stand, the seller without a legal form."""
    sheet = Sheet().write(50, 60, "Northwind Consulting Ltd", "Attn: Accounts Payable", "5 Harbour View", "Bristol")
    sheet.write(350, 60, "From:", "Maya Okafor Design Studio", "Unit 3, Old Mill", "maya@okaforstudio.co.uk")
    sheet.write(50, 150, "INVOICE", size=18)
    sheet.write(50, 180, "Invoice no. 0042", "Invoice date: 12 Sept 2023", "Payment due: 12 October 2023").goods(
        260,
        ("Item", "Hours", "Rate", "Amount"),
        ("Logo design", "12", "£60.00", "£720.00"),
        ("Brand guidelines", "8", "£60.00", "£480.00"),
    )
    sheet.sums(340, ("Net", "£1,200.00"), ("VAT @ 20%", "£240.00"), ("Total due", "£1,440.00"))
    items = (("Logo design", "720.00"), ("Brand guidelines", "480.00"))
    return sheet, Expected("Maya Okafor Design Studio", date(2023, 9, 12), "GBP", "1440.00", items, "240.00")


def total_on_page_two() -> tuple[Sheet, Expected]:
    """Switzerland: the table goes on under a second heading, with what was carried over between."""
    heading = ("Artikel", "Menge", "Preis", "Betrag CHF")
    sheet = Sheet().write(50, 60, "Baustoff Kramer AG", size=14).write(50, 78, "www.baustoff-kramer.ch")
    sheet.write(330, 130, "Meier Hochbau GmbH", "Seeweg 2", "6004 Luzern")
    sheet.write(50, 225, "Rechnung Nr. 88213", "Rechnungsdatum: 30. November 2023", "Lieferung vom 21.11.2023")
    sheet.goods(
        290, heading, ("Zement, 25 kg", "100", "12.50", "1'250.00"), ("Kies, gewaschen", "3", "80.00", "240.00")
    )
    sheet.right(545, 760, "Übertrag  1'490.00").turn().right(545, 90, "Übertrag  1'490.00")
    sheet.goods(120, heading, ("Armierungsnetz", "3", "88.00", "264.00"))
    sheet.sums(180, ("Zwischensumme", "1'754.00"), ("MwSt 8.1%", "142.07"), ("Rechnungsbetrag CHF", "1'896.07"))
    items = (("Zement, 25 kg", "1250.00"), ("Kies, gewaschen", "240.00"), ("Armierungsnetz", "264.00"))
    return sheet, Expected("Baustoff Kramer AG", date(2023, 11, 30), "CHF", "1896.07", items, "142.07")


def no_value_added_tax() -> tuple[Sheet, Expected]:
    """A person sells; the day stands beside a town, what is to be paid is no total."""
    sheet = Sheet().write(300, 50, "Malerbetrieb Jens Öztürk", size=14)
    sheet.write(300, 66, "Ringstraße 5, 50667 Köln", "Steuernummer 215/5000/1234")
    sheet.write(60, 140, "Herrn", "Thomas Berger", "Domplatz 2", "50667 Köln")
    sheet.write(60, 240, "Rechnung 17/2024", size=14).write(400, 240, "Köln, den 11.04.2024")
    sheet.write(60, 262, "Leistungszeitraum: 02.04.2024 - 05.04.2024").goods(
        300,
        ("Leistung", "Menge", "Einzelpreis", "Gesamt"),
        ("Wände streichen, 2x", "84 m²", "7,50", "630,00"),
        ("Fenster abkleben", "9 Stk", "5,00", "45,00"),
    )
    sheet.sums(370, ("Zu zahlender Betrag", "675,00 €"))
    items = (("Wände streichen, 2x", "630.00"), ("Fenster abkleben", "45.00"))
    return sheet, Expected("Malerbetrieb Jens Öztürk", date(2024, 4, 11), "EUR", "675.00", items)


def two_prices_a_line() -> tuple[Sheet, Expected]:
    """Net and gross beside each other; the gross ones come to the total."""
    sheet = Sheet().write(60, 60, "Nordfunk Deutschland GmbH, Postfach 1200, 20001 Hamburg", size=7)
    sheet.write(60, 85, "Herrn", "Uwe Lorenz", "Deichweg 3", "27568 Bremerhaven")
    sheet.write(380, 60, "Datum", "Kundennummer", size=8).write(470, 60, "05.01.2024", "3301220099", size=8)
    sheet.write(60, 200, "Ihre Mobilfunk-Rechnung für Januar 2024", size=13).goods(
        240,
        ("Beschreibung", "Betrag (Netto)", "Betrag (Brutto)"),
        ("Monatlicher Grundpreis", "25,20 €", "29,99 €"),
        ("SMS Ausland", "0,34 €", "0,40 €"),
        ends=(430, 545),
    )
    sheet.sums(310, ("Summe netto", "25,54 €"), ("Umsatzsteuer 19 %", "4,85 €"), ("Rechnungsbetrag", "30,39 €"))
    items = (("Monatlicher Grundpreis", "29.99"), ("SMS Ausland", "0.40"))
    return sheet, Expected("Nordfunk Deutschland GmbH", date(2024, 1, 5), "EUR", "30.39", items, "4.85")


def headings_over_values() -> tuple[Sheet, Expected]:
    """Australia: a row of headings over a row of values, a description of two lines, dollars of its own."""
    sheet = Sheet().write(50, 50, "Copperline Tools", size=20)
    sheet.write(50, 70, "www.copperlinetools.com.au  ABN 51 824 753 556", size=8)
    sheet.write(50, 130, "SOLD TO", size=8).write(50, 142, "Blue Gum Builders Pty Ltd", "1 Wattle Court")
    headed = (
        ("Invoice No", "CT-55102"),
        ("Date", "23/02/2024"),
        ("Due Date", "24/03/2024"),
        ("Amount Due", "$1,017.50"),
    )
    for x, (label, value) in zip((50, 180, 310, 440), headed, strict=True):
        sheet.write(x, 220, label, size=8).write(x, 234, value, size=11)
    sheet.goods(
        290,
        ("Item", "Qty", "Price", "GST", "Total"),
        ("Hammer drill 18 V", "1", "425.00", "42.50", "467.50"),
        ("Battery 5 Ah, twin", "2", "250.00", "50.00", "550.00"),
        ends=(330, 400, 460, 545),
    )
    sheet.write(50, 338, "pack with charger")
    sheet.sums(380, ("Subtotal ex GST", "$925.00"), ("GST", "$92.50"), ("Total inc GST", "$1,017.50"))
    items = (("Hammer drill 18 V", "467.50"), ("Battery 5 Ah, twin pack with charger", "550.00"))
    return sheet, Expected("Copperline Tools", date(2024, 2, 23), "AUD", "1017.50", items, "92.50")


def without_a_table() -> tuple[Sheet, Expected]:
    """Lines without a heading, known by what they come to; the seller's full name stands in small print."""
    sheet = Sheet().write(50, 50, "Zonnewind Energie", size=18).write(50, 120, "Dhr. K. de Vries", "Molenstraat 5")
    sheet.write(350, 120, "Klantnummer 887766", "Factuurdatum 14-03-2024", "Periode 01-03-2024 t/m 31-03-2024")
    sheet.write(50, 220, "Uw termijnfactuur", size=14)
    lines = (("Elektriciteit", "64,10"), ("Gas", "88,40"), ("Vaste leveringskosten", "9,99"))
    for number, (name, amount) in enumerate(lines):
        sheet.write(50, 250 + 18 * number, name).right(400, 250 + 18 * number, f"€ {amount}")
    sheet.write(50, 310, "Totaal te betalen (inclusief 21% btw € 28,20)").right(400, 310, "€ 162,49")
    sheet.write(50, 790, "Zonnewind Energie Nederland B.V. | KvK 02012345 | www.zonnewind.nl", size=7)
    items = tuple((name, amount.replace(",", ".")) for name, amount in lines)
    return sheet, Expected("Zonnewind Energie Nederland B.V.", date(2024, 3, 14), "EUR", "162.49", items)


def bank_beside_the_seller() -> tuple[Sheet, Expected]:
    """Two companies, the buyer's and the bank's, and a seller that is none; the buyer's company has a person in it."""
    sheet = Sheet().write(60, 60, "Kaffeerösterei Lindner", size=18)
    sheet.write(60, 130, "Hotel Seeblick GmbH & Co. KG", "Frau Anna Koch", "Uferpromenade 1", "78464 Konstanz")
    sheet.write(400, 130, "Rechnung Nr. 4455", "Datum 17.09.2022").goods(
        250,
        ("Artikel", "Anzahl", "Preis", "Betrag"),
        ("Espresso Forte 1 kg", "12", "19,90 €", "238,80 €"),
        ("Filterkaffee 500 g", "10", "8,50 €", "85,00 €"),
    )
    sheet.sums(320, ("Warenwert", "323,80 €"), ("MwSt 7%", "22,67 €"), ("Rechnungsbetrag", "346,47 €"))
    sheet.write(60, 780, "Kaffeerösterei Lindner", "Marktplatz 4, 78462 Konstanz", size=7)
    sheet.write(230, 780, "Deutsche Handelsbank AG", "IBAN DE44 5001 0517 5407 3249 31", size=7)
    items = (("Espresso Forte 1 kg", "238.80"), ("Filterkaffee 500 g", "85.00"))
    return sheet, Expected("Kaffeerösterei Lindner", date(2022, 9, 17), "EUR", "346.47", items, "22.67")


def rows_in_one_piece() -> tuple[Sheet, Expected]:
    """Canada: every row is one run of text, so that columns are known by their order alone."""
    sheet = Sheet().write(50, 50, "Alpine Rental Ltd.", size=14).write(50, 100, "Customer: John Doe")
    sheet.write(50, 68, "Invoice 5521   Date 05 Mar 2022   Due 04 Apr 2022")
    sheet.write(50, 150, "Description Qty Price Amount", "Ski boots 2 15.00 30.00", "Snowboard 1 66.00 66.00")
    sheet.write(50, 232, "Subtotal 96.00", "GST 5% 4.80", "Total CAD 100.80")
    items = (("Ski boots", "30.00"), ("Snowboard", "66.00"))
    return sheet, Expected("Alpine Rental Ltd.", date(2022, 3, 5), "CAD", "100.80", items, "4.80")


LAYOUTS: tuple[Layout, ...] = (
    due_date_first,
    envelope_window,
    seller_in_the_footer,
    labels_beside_values,
    goods_and_services_tax,
    buyer_above_the_seller,
    total_on_page_two,
    no_value_added_tax,
    two_prices_a_line,
    headings_over_values,
    without_a_table,
    bank_beside_the_seller,
    rows_in_one_piece,
)
