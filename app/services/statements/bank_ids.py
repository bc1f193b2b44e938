"""The banks' own ids of lines: which of them really name one line."""

from array import array
from bisect import bisect_left

from app.services.statements.texts import clean

NONE = {"", "NONE", "NONREF", "NOTPROVIDED", "NOT PROVIDED", "N/A", "NULL"}
LONGEST = 255
AT_ONCE = 100_000


def bank_id(account: str, given: str) -> str | None:
    """The id of a line at a bank, "ACCOUNT:ID"; None where the bank gave none, or a text that stands for none."""
    account, given = clean(account), clean(given)
    if given.upper() in NONE or not given.strip("0") or not 0 < len(account) + len(given) < LONGEST:
        return None
    return f"{account}:{given}" if account else None


class Ids:
    """All ids of a file, to find those that the bank gave to several lines: they name none of them.

    A line that is there twice, the same with the same id, keeps it. 16 bytes for each line, hashes of both.
    """

    def __init__(self) -> None:
        self._ids, self._contents = array("q"), array("q")
        self._reused = [array("q")]

    def note(self, given: str | None, content: object) -> None:
        """See one more line's id, and what would tell it from another line."""
        if given is not None:
            self._ids.append(hash(given))
            self._contents.append(hash(content))

    def settle(self) -> None:
        """All were seen: find out which are used for different lines, some at a time."""
        shares = 1 + len(self._ids) // AT_ONCE
        self._reused = [self._reused_of(share, shares) for share in range(shares)]
        self._ids, self._contents = array("q"), array("q")

    def _reused_of(self, share: int, shares: int) -> "array[int]":
        meanings: dict[int, int] = {}
        reused = set()
        for given, content in zip(self._ids, self._contents, strict=True):
            if given % shares == share and meanings.setdefault(given, content) != content:
                reused.add(given)
        return array("q", sorted(reused))

    @property
    def reused(self) -> int:
        """How many ids name several lines."""
        return sum(map(len, self._reused))

    def own(self, given: str | None) -> str | None:
        """An id, where it names one line."""
        if given is None:
            return None
        wanted = hash(given)
        reused = self._reused[wanted % len(self._reused)]
        place = bisect_left(reused, wanted)
        return None if place < len(reused) and reused[place] == wanted else given
