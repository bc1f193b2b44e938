"""Files as banks write them, and how people send them."""

import json
from io import BytesIO
from typing import Any

import pytest
from bson import ObjectId
from werkzeug.test import TestResponse

from app.imports import service, working
from tests.factories import Person, data

IMPORT = "/api/transactions/import"
IMPORTS = "/api/transactions/imports"
TRANSACTIONS = "/api/transactions/"
CSV = b"""Date,Amount,Description
2026-01-05,-12.50,POS 4029 NETFLIX.COM AMSTERDAM
2026-01-06,-3.20,CORNER COFFEE
2026-01-06,-3.20,CORNER COFFEE
2026-01-31,2500.00,SALARY JANUARY
"""
OFX = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260201<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260101<DTEND>20260131
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260105<TRNAMT>-12.50<FITID>A1<NAME>NETFLIX.COM</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260131<TRNAMT>2500.00<FITID>A2<NAME>EMPLOYER<MEMO>SALARY JANUARY</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
QIF = b"""!Type:Bank
D01/15/2026
T-60.00
PSuperstore
LFood
SGroceries
$-50.00
SHousehold
$-10.00
^
D01/20/2026
T100.00
PGrandmother
^
"""
CAMT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId>
<CreDtTm>2026-02-01T00:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id><CreDtTm>2026-02-01T00:00:00</CreDtTm>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">19.99</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-07</Dt></BookgDt>
<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Cdtr><Nm>Stadtwerke</Nm></Cdtr></RltdPties>
<RmtInf><Ustrd>Strom Januar</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""


def send(person: Person, content: bytes, name: str = "bank.csv", **fields: Any) -> TestResponse:
    """Import a file: send(person, CSV, dry_run=True, mapping={…}, key="k")."""
    headers = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    texts = {field: json.dumps(value) if isinstance(value, dict | bool) else value for field, value in fields.items()}
    form = {"file": (BytesIO(content), name), **texts}
    return person.request("POST", IMPORT, data=form, headers=headers)


def imported(person: Person, content: bytes, name: str = "bank.csv", **fields: Any) -> dict[str, Any]:
    """What came of a file that was taken."""
    answer = send(person, content, name, **fields)
    assert answer.status_code in (200, 201), answer.json
    return data(answer)


def put_off(person: Person, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> ObjectId:
    """The id of an import that waits for a worker, and is handed to none."""
    with monkeypatch.context() as patched:
        patched.setattr(service, "ROWS_IN_REQUEST", 3)
        patched.setattr(service, "enqueue", lambda *_: True)
        answer = send(person, CSV, **fields)
    assert answer.status_code == 202, answer.json
    return ObjectId(data(answer)["import_id"])


def work(person: Person, import_id: ObjectId) -> None:
    """Go on with an import as a worker does."""
    with person.client.application.app_context():
        working.work(ObjectId(person.profile["_id"]), import_id)


def counts(outcome: dict[str, Any]) -> tuple[int, int, int]:
    """Created, duplicates, invalid; which are all there is."""
    found = (outcome["created"], outcome["duplicates"], outcome["invalid"])
    assert sum(found) == outcome["total"] == outcome["processed"], outcome
    return found


def transactions(person: Person, **query: Any) -> list[dict[str, Any]]:
    """The person's transactions, oldest first, 100 at most."""
    answer = person.get(TRANSACTIONS, limit=100, sort_order="asc", **query)
    return data(answer)["transactions"]


def statement(rows: int, first: int = 0) -> bytes:
    """A CSV file with so many different rows, of fourteen merchants over a year."""
    lines = [
        f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02},-{number % 997 + 1}.{number % 100:02},"
        f"POS {number:07} {MERCHANTS[number % len(MERCHANTS)]}"
        for number in range(first, first + rows)
    ]
    return "\n".join(["Date,Amount,Description", *lines, ""]).encode()


MERCHANTS = (
    *("NETFLIX.COM AMSTERDAM", "CORNER COFFEE", "WALMART SUPERCENTER", "UBER TRIP", "CITY PHARMACY", "OLD MILL BAKERY"),
    *("SHELL STATION", "AIRTEL MOBILE", "GREEN GROCER", "RAILWAY TICKETS", "BOOKS AND MORE", "GYM PLUS"),
    *("WATER WORKS", "HOTEL SUNRISE"),
)
