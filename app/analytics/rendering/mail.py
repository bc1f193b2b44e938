"""The monthly report as a mail: subject, plain text, and HTML that needs nothing but tables and inline styles."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.analytics.rendering import contents
from app.analytics.rendering.wording import one_line

Document = dict[str, Any]
TEMPLATES = Path(__file__).parents[2] / "templates" / "mail"
LONGEST_NAME = 80  # in a mail a long name takes several lines, but not all of them


class Mail(NamedTuple):
    """What a message is made of."""

    subject: str
    text: str
    html: str


def monthly_report(report: Document) -> Mail:
    """A monthly report, the dict that its route answers, as a mail."""
    told = {
        "title": contents.title(report),
        "summary": contents.summary(report),
        "figures": contents.figures(report),
        "tables": contents.tables(report),
        "bars": _bars(report),
    }
    templates = _templates()
    return Mail(
        f"Your FinSight report for {contents.month(report)}",
        templates.get_template("monthly_report.txt").render(told),
        templates.get_template("monthly_report.html").render(told),
    )


def _bars(report: Document) -> list[int]:
    """How long the bar of each category is, in percent of the longest; 0 where more came back than was spent."""
    totals = [row["total"] for row in report["by_category"]]
    longest = max([0, *totals])
    return [max(1, round(100 * total / longest)) if total > 0 else 0 for total in totals]


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["name"] = _name
    return environment


def _name(text: str) -> str:
    visible = one_line(text)
    return visible if len(visible) <= LONGEST_NAME else visible[: LONGEST_NAME - 1].rstrip() + "…"
