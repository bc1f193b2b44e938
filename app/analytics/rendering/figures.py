"""A picture as a list of marks, before anybody decides whether it becomes SVG, PDF or PNG.

Points, from the top left corner.
"""

from typing import Literal, NamedTuple

INK, MUTED, FAINT, PAPER = "#1f2937", "#4b5563", "#d1d5db", "#ffffff"
# Blue and vermilion of Okabe and Ito's palette, which people with any colour vision tell apart.
SPENT, BACK = "#0072b2", "#d55e00"
Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """A filled rectangle; `says` is told when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    says: str = ""


class Rule(NamedTuple):
    """A straight line, dashed or not."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 0.75
    dashed: bool = False


class Label(NamedTuple):
    """A line of text on its baseline; no wider than `room`, or it ends with an ellipsis."""

    x: float
    y: float
    text: str
    size: float = 8
    colour: str = INK
    anchor: Anchor = "start"
    bold: bool = False
    room: float = 0


Mark = Box | Rule | Label


class Figure(NamedTuple):
    """A picture with its name and, for those who can't see it, what is in it."""

    width: float
    height: float
    title: str
    description: str
    marks: list[Mark]
