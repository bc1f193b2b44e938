"""The lines of OFX statements: which account's, in which currency, and what their leaves say, word for word."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.services.statements.ofx_markup import Token
from app.services.statements.records import Unreadable

STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS", "LOANSTMTRS", "AMRTSTMTRS"}
ACCOUNTS = {"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "LOANACCTFROM"}
# What is in a line, by itself or in these aggregates, whose closing tags may be missing.
LEAVES = {"TRNTYPE", "DTPOSTED", "TRNAMT", "FITID", "CHECKNUM", "NAME", "EXTDNAME", "MEMO"}
OF_ACCOUNT = {"BANKID", "BRANCHID", "BROKERID", "ACCTID", "ACCTTYPE", "ACCTKEY", "LOANACCTTYPE"}
OF_ADDRESS = {"NAME", "ADDR1", "ADDR2", "ADDR3", "CITY", "STATE", "POSTALCODE", "COUNTRY", "PHONE"}
WITHIN = {
    "CURRENCY": {"CURRATE", "CURSYM"},
    "ORIGCURRENCY": {"CURRATE", "CURSYM"},
    "PAYEE": OF_ADDRESS,
    "BANKACCTTO": OF_ACCOUNT,
    "CCACCTTO": OF_ACCOUNT,
    **dict.fromkeys(ACCOUNTS, OF_ACCOUNT),
}
ONCE = {"DTPOSTED", "TRNAMT", "FITID"}
ENDING = {"BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST", "LEDGERBAL", "AVAILBAL", "OFX", "STMTTRNP"} | STATEMENTS
CHANGING = {f"{slash}{name}" for name in ENDING | {"STMTTRN"} for slash in ("", "/")}
BALANCES = {"LEDGERBAL", "AVAILBAL"}
PENDING = "pending"
SECURITIES = "securities"
TRADES = {"INVBUY", "INVSELL", "INCOME", "REINVEST", "TRANSFER", "RETOFCAP", "SPLIT", "INVEXPENSE", "MARGININTEREST"}


@dataclass(slots=True)
class Line:
    """One <STMTTRN>: its number in the file, its account, the statement's currency, and its leaves' texts by name.

    A leaf of an aggregate is named with it: "PAYEE.NAME". `doubled` names leaves that are there twice and disagree.
    """

    row: int
    account: str
    currency: str
    leaves: dict[str, str] = field(default_factory=dict)
    doubled: str | None = None

    def take(self, name: str, text: str) -> None:
        """Keep what a leaf says, where it matters; the first of several counts."""
        if self.leaves.setdefault(name, text) != text and name in ONCE:
            self.doubled = name


class Lines:
    """Reads lines out of tags; afterwards `left_out` counts what is no booked line, `statements` the statements.

    Raises, once everything was read:
        Unreadable: the file ends early, or holds no statement.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.statements = self.rows = 0
        self._line: Line | None = None
        self._account = self._currency = ""
        self._within: str | None = None
        self._balanced = False

    def read(self, tags: Iterator[Token]) -> Iterator[Line]:
        """The lines, in the file's order."""
        last, closes = "", False
        for name, text in tags:
            closes = closes or name[0] == "/"
            if name in CHANGING:
                if self._line:
                    yield self._line
                self._change(name)
            elif name[0] == "/":
                self._within = None if name[1:] == self._within else self._within
            else:
                self._leaf(name, text)
            last = name
        if self._line:
            yield self._line
        self._check(last, closes)

    def _change(self, name: str) -> None:
        self._line, self._within = None, None
        self._balanced = name.lstrip("/") in BALANCES
        if name == "STMTTRN":
            self.rows += 1
            self._line = Line(self.rows, self._account, self._currency)
        elif name in STATEMENTS:
            self.statements += 1
            self._account = self._currency = ""
        elif name == "STMTTRNP":
            self.left_out[PENDING] += 1

    def _leaf(self, name: str, text: str) -> None:
        if self._within and name not in WITHIN[self._within]:
            self._within = None
        if name in WITHIN:
            self._within = name
        elif self._line is None:
            self._outside(name, text)
        elif self._within:
            self._line.take(f"{self._within}.{name}", text)
        elif name in LEAVES:
            self._line.take(name, text)

    def _outside(self, name: str, text: str) -> None:
        if name == "CURDEF":
            self._currency = text
        elif name == "ACCTID" and self._within in ACCOUNTS:
            self._account = text
        elif name in TRADES:
            self.left_out[SECURITIES] += 1

    def _check(self, last: str, closes: bool) -> None:
        """Half a file isn't taken: whoever sends one would believe that everything was imported.

        SGML without any closing tag is whole if the account's balance follows its lines, as it must.
        """
        if last != "/OFX" and (closes or not self._balanced):
            raise Unreadable("file", "The file ends early: there is no </OFX> at its end. Download it once more.")
        if not self.statements:
            raise Unreadable("file", "There is no statement of an account in this OFX file.")
