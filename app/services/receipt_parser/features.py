"""What a ranker is given of a candidate: texts by place, which it hashes, and numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Features:
    """`texts`: what is written in and around a candidate, by place; `numbers`: about 0 to 1 each, in a fixed order."""

    texts: tuple[tuple[str, str], ...]
    numbers: tuple[float, ...]


def bounded(value: float, most: float = 1.0) -> float:
    """A number cut to 0..most and brought to 0..1."""
    return min(max(value, 0.0), most) / most
