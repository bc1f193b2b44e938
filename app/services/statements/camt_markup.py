"""The bookings of ISO 20022 account statements (camt.053), reports (camt.052) and notifications (camt.054), as they are
written: what the elements say that matter here, whatever the version's namespace.

Read by expat, piece by piece, without a tree: its memory is that of one booking. No document type is taken, so that
no entity can be declared; nothing outside the file is ever asked for.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from app.services.statements.records import LONGEST_LINE, Unreadable

PIECE = 1 << 16
DEEPEST = 64
LONGEST_TEXT, MOST_TEXTS = 8192, 50  # of one element that matters; what goes beyond isn't kept
MOST_NAMES = 10_000  # of elements and attributes: expat keeps each of them for good
MOST_DETAILS, MOST_DETAILED = 10_000, 4_000_000  # of a batch: more payments, or characters, and it stays one booking
STATEMENTS = {"Stmt", "Rpt", "Ntfctn"}
OPENING = {"Ntry", "TxDtls"} | STATEMENTS
ROLES = ("Dbtr", "Cdtr", "UltmtDbtr", "UltmtCdtr")
AMOUNTS = {"Amt", "AmtDtls/TxAmt/Amt"}
WANTED = {
    *AMOUNTS,
    *("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Ccy"),
    *("CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"),
    *("AcctSvcrRef", "Refs/AcctSvcrRef", "AddtlNtryInf", "AddtlTxInf"),
    *("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf"),
    *(f"RltdPties/{role}{party}/Nm" for role in ROLES for party in ("", "/Pty")),
}

Texts = dict[str, list[str]]  # what elements say by their path, "BookgDt/Dt"; the currency of "Amt" is at "Amt@"


@dataclass(slots=True)
class Booking:
    """One <Ntry>: what it says, what each of its <TxDtls> says, and what its statement says of the account."""

    account: Texts
    texts: Texts = field(default_factory=dict)
    details: list[Texts] = field(default_factory=list)
    detailed: int = 0  # how many there are, kept or not


@dataclass(slots=True, eq=False)
class _Place:
    """A place where an element may stand: its path, whether its text is wanted, the places within it by their names."""

    key: str = ""
    wanted: bool = False
    within: dict[str, "_Place"] = field(default_factory=dict)


def _places() -> _Place:
    top = _Place()
    for path in WANTED:
        place = top
        for name in path.split("/"):
            place = place.within.setdefault(name, _Place(f"{place.key}/{name}".lstrip("/")))
        place.wanted = True
    return top


TOP = _places()
ELSEWHERE = _Place()


def bookings(stream: BinaryIO) -> Iterator[Booking]:
    """All bookings, booked or not, in the file's order.

    Raises:
        Unreadable: it is damaged or ends early, is no such statement, declares a document type, or is built to harm:
            elements of more than 1 MiB, or 64 within each other.
    """
    reader = _Reader()
    stream.seek(0)
    fed = 0
    while piece := stream.read(PIECE):
        fed += len(piece)
        reader.feed(piece, False)
        if fed - reader.parser.CurrentByteIndex > LONGEST_LINE:
            raise Unreadable("file", "An element of the file is longer than 1 MiB: this is no bank's statement.")
        if len(reader.parser.intern) > MOST_NAMES:
            raise Unreadable("file", "The file has too many kinds of elements: this is no bank's statement.")
        yield from reader.taken()
    reader.feed(b"", True)
    yield from reader.taken()
    if not reader.seen["statement"]:
        raise Unreadable("file", "There is no statement of an account in this XML file.")


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.seen: Counter[str] = Counter()
        self._ready: list[Booking] = []
        self._places = [ELSEWHERE]
        self._text: list[str] = []
        self._length = self._kept = 0
        self._wanted = False
        self._account: Texts = {}
        self._booking: Booking | None = None
        self._into: Texts | None = None

    def feed(self, piece: bytes, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError as error:
            why = f"The XML is damaged, or the file ends early, at line {error.lineno}. Download it once more."
            raise Unreadable("file", why) from None
        except (LookupError, ValueError):
            raise Unreadable("file", "The XML declares an encoding that isn't known.") from None

    def taken(self) -> list[Booking]:
        ready, self._ready = self._ready, []
        return ready

    def _refuse(self, *_: object) -> None:
        raise Unreadable("file", "The file declares a document type (DTD), as no bank's statement does.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        places = self._places
        place = places[-1].within.get(name) or self._unusual(name)
        places.append(place)
        if place.wanted and self._into is not None:
            self._wanted = True
            self._text.clear()
            self._length = 0
            if attributes and place.key in AMOUNTS:
                self._into.setdefault(f"{place.key}@", [attributes.get("Ccy", "")])
        else:
            self._wanted = False

    def _unusual(self, name: str) -> _Place:
        """The place of an element that opens something, has a prefix, or doesn't matter."""
        if len(self._places) > DEEPEST:
            raise Unreadable("file", "Elements of the file are within each other too deeply.")
        name = name.rpartition(":")[2]
        if name in OPENING:
            self._open(name)
            return TOP
        return self._places[-1].within.get(name, ELSEWHERE)

    def _open(self, local: str) -> None:
        if local in STATEMENTS:
            self.seen["statement"] += 1
            self._account, self._booking = {}, None
            self._into = self._account
        elif local == "Ntry":
            self._booking = Booking(self._account)
            self._into, self._kept = self._booking.texts, 0
        elif self._booking:
            self._into = {}

    def _characters(self, text: str) -> None:
        if self._wanted and self._length < LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        place = self._places.pop()
        if self._wanted:
            self._wanted = False
            self._keep(place.key, "".join(self._text)[:LONGEST_TEXT].strip())
        elif place is TOP:
            self._close(name.rpartition(":")[2])

    def _keep(self, key: str, said: str) -> None:
        if said and self._into is not None:
            texts = self._into.setdefault(key, [])
            if len(texts) < MOST_TEXTS:
                texts.append(said)
                self._kept += len(said)

    def _close(self, local: str) -> None:
        booking = self._booking
        if local == "Ntry" and booking:
            self._ready.append(booking)
            self._booking = self._into = None
        elif local == "TxDtls" and booking:
            booking.detailed += 1
            if self._into is not None and booking.detailed <= MOST_DETAILS and self._kept < MOST_DETAILED:
                booking.details.append(self._into)
            self._into = booking.texts
        elif local in STATEMENTS:
            self._into = None
