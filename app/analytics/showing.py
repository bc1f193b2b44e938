"""Answers as pictures and documents, for people who would rather look than read.

What draws them is imported when first asked for: the API starts without it.
"""

from typing import TYPE_CHECKING, Any

from flask import Response

from app.analytics.answers import CategoryInsights, MonthlyReport, SpendingTrends
from app.core.types import Out

if TYPE_CHECKING:
    from app.analytics.rendering.figures import Figure

Document = dict[str, Any]
PDF, HTML, SVG, PNG = "application/pdf", "text/html", "image/svg+xml", "image/png"
# Opened by itself, nothing in such a file runs, and nothing is fetched for it.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
STYLED_POLICY = f"{POLICY}; style-src 'unsafe-inline'"


def trends(answer: Document, form: str) -> Document | Response:
    """Spending by month: the answer as it is (json), or as a chart (svg, png)."""
    if form == "json":
        return answer
    from app.analytics.rendering import charts  # noqa: PLC0415 -- see above

    told = _as_answered(SpendingTrends, answer)
    return _chart(charts.trends(told), form, f"spending-{told['months'][0]['month']}-{told['months'][-1]['month']}")


def categories(answer: Document, form: str) -> Document | Response:
    """Spending by category: the answer as it is (json), or as a chart (svg, png)."""
    if form == "json":
        return answer
    from app.analytics.rendering import charts  # noqa: PLC0415 -- see above

    told = _as_answered(CategoryInsights, answer)
    return _chart(charts.categories(told), form, f"categories-{told['start_date']}-{told['end_date']}")


def report(answer: Document, form: str) -> Document | Response:
    """A month: the answer as it is (json), as pages (pdf), or as it can be mailed (html)."""
    if form == "json":
        return answer
    told = _as_answered(MonthlyReport, answer)
    if form == "pdf":
        from app.analytics.rendering import pdf  # noqa: PLC0415 -- see above

        return _file(pdf.monthly_report(told), PDF, f"report-{told['month']}.pdf", "attachment")
    from app.analytics.rendering import mail  # noqa: PLC0415 -- see above

    page = _file(mail.monthly_report(told).html.encode(), HTML, f"report-{told['month']}.html")
    page.headers["Content-Security-Policy"] = STYLED_POLICY
    return page


def _as_answered(shape: type[Out], answer: Document) -> Document:
    """The answer as a client reads it: what is drawn needs no more."""
    return shape.model_validate(answer).model_dump(mode="json", by_alias=True)


def _chart(figure: "Figure", form: str, name: str) -> Response:
    if form == "svg":
        from app.analytics.rendering import svg  # noqa: PLC0415 -- see above

        return _file(svg.draw(figure), SVG, f"{name}.svg")
    from app.analytics.rendering import painting  # noqa: PLC0415 -- see above

    return _file(painting.png(figure), PNG, f"{name}.png")


def _file(content: bytes, media_type: str, name: str, disposition: str = "inline") -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'{disposition}; filename="finsight-{name}"'
    response.headers["Content-Security-Policy"] = POLICY
    return response
