"""Domains of web and mail addresses in a document: a seller prints its own."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from app.services.receipt_parser.invoices.layout import Place, folded, places
from app.services.receipt_parser.rows import Row

_TOP = (
    r"(?:com|net|org|info|biz|eu|de|at|ch|fr|be|nl|lu|uk|ie|us|ca|in|au|nz|sg|my|hk|io|co|ai|app|dev|shop|store|online|"
    r"cloud)"
)
_HOST = re.compile(
    rf"(?P<mail>[\w.+-]{{1,40}}@)?(?:https?://)?(?P<host>(?:[a-z0-9][a-z0-9-]{{0,40}}\.){{1,4}}{_TOP})(?![\w@-]|\.\w)"
)
_SECOND = frozenset(("co", "com", "org", "net", "gov", "ac"))
MAIL_PROVIDERS = re.compile(
    r"gmail|googlemail|hotmail|outlook|live|msn|yahoo|icloud|me|aol|gmx|web|t-online|freenet|posteo|mailbox|orange|"
    r"wanadoo|free|sfr|laposte|neuf|ziggo|kpnmail|planet|xs4all|hetnet|proton|protonmail|rediffmail"
)


def _found(places: Iterable[Place]) -> Iterable[tuple[str, str]]:
    """Stem and printed domain (without www) of every address, in order."""
    for place in places:
        for match in _HOST.finditer(folded(place.cell.text)):
            parts = match["host"].removeprefix("www.").split(".")
            if len(parts) < 2:
                continue
            if match["mail"] and MAIL_PROVIDERS.fullmatch(parts[-2]):
                yield re.sub(r"[^a-z]", "-", match["mail"][:-1]), ""
                continue
            index = -3 if parts[-2] in _SECOND and len(parts) > 2 else -2
            yield parts[index], ".".join(parts[index:])


def stems(places: Iterable[Place]) -> set[str]:
    """The names in web and mail addresses: www.azure-tiles.co.uk has azure-tiles, jane.doe@gmail.com has jane-doe."""
    return {stem for stem, _ in _found(places)}


def most_named(rows: Sequence[Row]) -> str | None:
    """The domain a document names most, as far as it names any."""
    counted = Counter(host for _, host in _found(places(rows)) if host)
    return counted.most_common(1)[0][0] if counted else None
