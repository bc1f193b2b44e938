"""Figures as SVG."""

from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 -- it writes, and reads nothing

from app.analytics.rendering.figures import PAPER, Figure, Label, Mark, Rule
from app.analytics.rendering.wording import one_line

FONT_FAMILY = "'Noto Sans', 'DejaVu Sans', Verdana, sans-serif"
WIDTH_PER_SIZE = 0.6  # of an average character; no font is known where an SVG is looked at


def draw(figure: Figure) -> bytes:
    """A figure as an SVG 1.1 document: text stays text, nothing in it runs, and it names no other address."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT_FAMILY})
    root.set("viewBox", f"0 0 {figure.width:g} {figure.height:g}")
    root.set("width", f"{figure.width:g}")
    root.set("height", f"{figure.height:g}")
    root.set("aria-labelledby", "title description")
    _inside(root, "title", figure.title, id="title")
    _inside(root, "desc", figure.description, id="description")
    SubElement(root, "rect", _attributes(width=figure.width, height=figure.height, fill=PAPER))
    for mark in figure.marks:
        _add(root, mark)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _add(root: Element, mark: Mark) -> None:
    if isinstance(mark, Label):
        placed = _attributes(x=mark.x, y=mark.y, font_size=mark.size, fill=mark.colour, text_anchor=mark.anchor)
        weight = {"font-weight": "bold"} if mark.bold else {}
        _inside(root, "text", _shortened(mark), **placed, **weight)
    elif isinstance(mark, Rule):
        ends = _attributes(x1=mark.x1, y1=mark.y1, x2=mark.x2, y2=mark.y2, stroke=mark.colour, stroke_width=mark.width)
        SubElement(root, "line", ends | ({"stroke-dasharray": "4 3"} if mark.dashed else {}))
    else:
        area = _attributes(x=mark.x, y=mark.y, width=mark.width, height=mark.height, fill=mark.colour)
        _inside(SubElement(root, "rect", area), "title", mark.says)


def _attributes(**values: float | str) -> dict[str, str]:
    return {
        name.replace("_", "-"): f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        for name, value in values.items()
    }


def _inside(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = one_line(text)


def _shortened(label: Label) -> str:
    most = int(label.room / (label.size * WIDTH_PER_SIZE)) if label.room else len(label.text)
    return label.text if len(label.text) <= most else label.text[: most - 1].rstrip() + "…"
