"""What the charts look like: spending by month, by category, and by day of a month."""

from typing import Any, NamedTuple

from app.analytics.rendering import axes
from app.analytics.rendering.figures import BACK, FAINT, INK, MUTED, PAPER, SPENT, Box, Figure, Label, Mark, Rule
from app.analytics.rendering.wording import change, long_day, month_name, percent, short_day, short_month
from app.core.amounts import amount, short

Document = dict[str, Any]
WIDTH, HEIGHT = 800.0, 340.0
NARROW, LOW = 515.0, 170.0  # between the margins of a page
AXIS, RIGHT, BOTTOM = 58.0, 16.0, 24.0  # beside and below the columns
NAMES, AMOUNTS, CHANGES = 140.0, 150.0, 60.0  # columns beside the bars
BAR, PITCH = 13.0, 20.0
FEW = 12  # columns that each carry their amount
NOTHING = "Nothing was spent."


class Frame(NamedTuple):
    """What a chart needs to know beside its values."""

    title: str
    head: str
    width: float
    height: float
    currency: str
    note: str = ""

    @property
    def inset(self) -> float:
        """Left and right of what is written: on a page it stands on the margins, by itself it has none."""
        return 8 if self.head else 0

    @property
    def top(self) -> float:
        """What is below title, head and note."""
        return 24 + (20 if self.head else 0) + (14 if self.note else 0)


def left_out(answer: Document) -> str:
    """What is in other currencies, and so in no chart."""
    amounts = [amount(row["total"], row["currency"]) for row in answer["unconverted"]]
    return f"Not included: {', '.join(amounts)}" if amounts else ""


class Column(NamedTuple):
    """A part of a chart: its name, its value, and what it says when pointed at."""

    name: str
    value: float
    says: str


def trends(answer: Document) -> Figure:
    """Spending by month, out of an answer of spending-trends."""
    currency, months = answer["currency"], answer["months"]
    columns = [
        Column(
            short_month(month["month"]),
            month["total"],
            f"{month_name(month['month'])}: {amount(month['total'], currency)}",
        )
        for month in months
    ]
    shown = dict.fromkeys((month_name(months[0]["month"]), month_name(months[-1]["month"])))
    title = f"Spending by month, {' to '.join(shown)}"
    head = f"On average {amount(answer['average'], currency)} a month{_dashed(months, answer['average'])}"
    head += f" · {_trend(answer['trend'], currency)}"
    return _columns(Frame(title, head, WIDTH, HEIGHT, currency, left_out(answer)), columns, answer["average"])


def _dashed(months: list[Document], average: float) -> str:
    return ", the dashed line" if _has_average(len(months), average) else ""


def _has_average(columns: int, average: float | None) -> bool:
    return bool(average) and columns > 1


def _trend(trend: Document, currency: str) -> str:
    slope = amount(abs(trend["slope_per_month"]), currency)
    return {"up": f"rising by {slope} a month", "down": f"falling by {slope} a month"}.get(trend["direction"], "steady")


def days(report: Document) -> Figure:
    """Spending by day, out of a monthly report."""
    currency = report["currency"]
    columns = [
        Column(str(int(day["date"][-2:])), day["total"], f"{short_day(day['date'])}: {amount(day['total'], currency)}")
        for day in report["by_day"]
    ]
    return _columns(Frame("Spending by day", "", NARROW, LOW, currency), columns, None)


def categories(answer: Document) -> Figure:
    """Spending by category, out of an answer of category-insights: largest first, with shares and changes."""
    currency = answer["currency"]
    title = f"Spending by category, {long_day(answer['start_date'])} to {long_day(answer['end_date'])}"
    head = f"{amount(answer['total'], currency)} in all, {change(answer['change_pct'])}: the last column compares with "
    head += f"{long_day(answer['previous_start_date'])} to {long_day(answer['previous_end_date'])}"
    return _bars(Frame(title, head, WIDTH, 0, currency, left_out(answer)), answer["categories"], CHANGES)


def month_categories(report: Document) -> Figure:
    """Spending by category, out of a monthly report."""
    return _bars(Frame("Spending by category", "", NARROW, 0, report["currency"]), report["by_category"], 0)


def _columns(frame: Frame, columns: list[Column], average: float | None) -> Figure:
    top = frame.top + 10
    values = [column.value for column in columns]
    scale = axes.scale(values, frame.height - BOTTOM, top)
    pitch = (frame.width - AXIS - RIGHT) / len(columns)
    marks = [*_heading(frame), *_grid(frame, scale)]
    for number, column in enumerate(columns):
        marks += _column(column, AXIS + pitch * number, pitch, scale)
    if average and _has_average(len(columns), average):
        height = scale.at(average)
        marks.append(Rule(AXIS, height, frame.width - RIGHT, height, INK, 1.25, dashed=True))
    marks += _values(frame, columns, pitch, scale)
    marks += _names(frame, [column.name for column in columns], pitch)
    if not any(values):
        marks.append(Label(frame.width / 2, (top + frame.height) / 2, NOTHING, 10, MUTED, "middle"))
    return _figure(frame, marks, [column.says for column in columns])


def _column(column: Column, left: float, pitch: float, scale: axes.Scale) -> list[Mark]:
    zero, tip = scale.at(0), scale.at(column.value)
    if not column.value:  # of no height it would still be drawn as a line
        return []
    colour = SPENT if column.value > 0 else BACK
    return [Box(left + pitch * 0.15, min(zero, tip), pitch * 0.7, abs(tip - zero), colour, column.says)]


def _values(frame: Frame, columns: list[Column], pitch: float, scale: axes.Scale) -> list[Mark]:
    """Each column's amount, or the outermost alone where there are many."""
    values = [column.value for column in columns]
    told = {values.index(max(values)), values.index(min(*values, 0)) if min(values) < 0 else -1}
    marks: list[Mark] = []
    for number, value in enumerate(values):
        if value and (len(values) <= FEW or number in told):
            text = short(value, frame.currency)
            middle = min(max(AXIS + pitch * (number + 0.5), AXIS + 20), frame.width - RIGHT - 20)
            baseline, wide = scale.at(value) + (-3 if value > 0 else 9), 5.5 * len(text)
            # Paper behind it, or lines would go through it.
            marks.append(Box(middle - wide / 2, baseline - 7, wide, 9, PAPER))
            marks.append(Label(middle, baseline, text, 8, INK, "middle", bold=True))
    return marks


def _names(frame: Frame, names: list[str], pitch: float) -> list[Mark]:
    """What stands below the columns: every name, or every second, third … as there is room."""
    wide = 6.0 * max(len(name) for name in names)
    every = max(1, -(-int(wide) // max(1, int(pitch))))
    return [
        Label(AXIS + pitch * (number + 0.5), frame.height - 8, name, 8, MUTED, "middle")
        for number, name in enumerate(names)
        if number % every == 0
    ]


def _grid(frame: Frame, scale: axes.Scale) -> list[Mark]:
    marks: list[Mark] = []
    for tick in scale.ticks():
        height = scale.at(tick)
        marks.append(Rule(AXIS, height, frame.width - RIGHT, height, FAINT if tick else MUTED))
        marks.append(Label(AXIS - 6, height + 3, short(tick, frame.currency), 8, MUTED, "end"))
    return marks


def _bars(frame: Frame, rows: list[Document], changes: float) -> Figure:
    top = frame.top + 4
    frame = frame._replace(height=top + PITCH * max(len(rows), 1) + 8)
    scale = axes.exact([row["total"] for row in rows], NAMES, frame.width - AMOUNTS - changes - 12)
    marks = _heading(frame)
    for number, row in enumerate(rows):
        marks += _bar(frame, row, top + PITCH * number, scale, changes)
    zero = scale.at(0)
    marks.append(Rule(zero, top - 4, zero, frame.height - 6, MUTED))
    if not rows:
        marks.append(Label(frame.width / 2, top + 14, NOTHING, 10, MUTED, "middle"))
    return _figure(frame, marks, [_share(row, frame.currency) for row in rows])


def _bar(frame: Frame, row: Document, top: float, scale: axes.Scale, changes: float) -> list[Mark]:
    zero, tip, baseline = scale.at(0), scale.at(row["total"]), top + BAR - 3
    told = f"{amount(row['total'], frame.currency)} · {percent(row['share_pct'])}"
    colour = SPENT if row["total"] > 0 else BACK
    marks: list[Mark] = [
        Label(frame.inset, baseline, row["category"], 9, INK, room=NAMES - 16),
        Label(frame.width - changes - frame.inset, baseline, told, 9, INK, "end"),
    ]
    if row["total"]:
        marks.append(Box(min(zero, tip), top, abs(tip - zero), BAR, colour, _share(row, frame.currency)))
    if changes:
        marks.append(Label(frame.width - frame.inset, baseline, change(row["change_pct"]), 9, MUTED, "end"))
    return marks


def _share(row: Document, currency: str) -> str:
    return f"{row['category']}: {amount(row['total'], currency)}, {percent(row['share_pct'])}"


def _heading(frame: Frame) -> list[Mark]:
    marks: list[Mark] = [Label(frame.inset, 18, frame.title, 12, INK, bold=True, room=frame.width - 16)]
    if frame.head:
        marks.append(Label(8, 35, frame.head, 9, MUTED, room=frame.width - 16))
        marks.append(Label(8, 49, frame.note, 9, MUTED, room=frame.width - 16))
    return marks


def _figure(frame: Frame, marks: list[Mark], told: list[str]) -> Figure:
    return Figure(
        frame.width,
        frame.height,
        frame.title,
        "; ".join(part for part in (frame.head, *told, frame.note) if part),
        marks,
    )
