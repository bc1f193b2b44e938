"""What stands around the rows of a workbook: sheets, styles, the list of parts (ECMA-376)."""

from app.core.money import MOST_DECIMALS
from app.transactions.portable_service import COLUMNS

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Numbers of styles, by their place in cellXfs: plain, bold, a day, then an amount for each number of decimals.
BOLD, DAY, AMOUNT = 1, 2, 3
AMOUNT_FORMATS = ["0", *(f"0.{'0' * places}" for places in range(1, MOST_DECIMALS + 1))]
CUSTOM = 164  # the first number of a format that isn't built in
WIDTHS = {"date": 32, "description": 40, "merchant": 24, "notes": 30, "items": 30, "category": 18}
HEADER = "".join(f'<c s="{BOLD}" t="inlineStr"><is><t>{name}</t></is></c>' for name in COLUMNS)
COLS = "".join(
    f'<col min="{number}" max="{number}" width="{WIDTHS.get(name, 12)}" customWidth="1"/>'
    for number, name in enumerate(COLUMNS, 1)
)
SHEET_BEGIN = (
    f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    f'<cols>{COLS}</cols><sheetData><row r="1">{HEADER}</row>'
).encode()
SHEET_END = b"</sheetData></worksheet>"


def sheet_name(number: int) -> str:
    """The name in the ZIP of a sheet, counted from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def around(sheets: int) -> dict[str, str]:
    """All parts but the sheets, by their names in the ZIP."""
    numbers = range(1, sheets + 1)
    titles = {number: "Transactions" if number == 1 else f"Transactions {number}" for number in numbers}
    listed = "".join(
        f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>' for number, title in titles.items()
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    typed = "".join(
        f'<Override PartName="/{sheet_name(number)}" ContentType="{TYPE}.worksheet+xml"/>' for number in numbers
    )
    return {
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{sheets + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>{typed}</Types>',
    }


def _styles() -> str:
    formats = ["yyyy-mm-dd", *AMOUNT_FORMATS]
    codes = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in enumerate(formats, CUSTOM))
    applied = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number, _ in enumerate(formats, CUSTOM)
    )
    plain = '<xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" xfId="0"{more}/>'
    font = '<font>{bold}<sz val="11"/><name val="Calibri"/></font>'
    bold = ' applyFont="1"'
    return (
        f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{codes}</numFmts>'
        f'<fonts count="2">{font.format(bold="")}{font.format(bold="<b/>")}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 2}">{plain.format(font=0, more="")}'
        f"{plain.format(font=1, more=bold)}{applied}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


STYLES = _styles()
