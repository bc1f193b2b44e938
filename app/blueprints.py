"""Every feature's routes, in the order the documentation shows them."""

from flask import Flask

from app.ai.routes import bp as ai
from app.analytics.routes import bp as analytics
from app.auth.routes import bp as auth
from app.auth.tokens import init_app as init_tokens
from app.budgets.routes import bp as budgets
from app.exports.routes import bp as exports
from app.files.routes import bp as files
from app.forecasting.routes import bp as forecasting
from app.imports.routes import bp as imports
from app.insights.routes import bp as insights
from app.receipts.routes import bp as receipts
from app.system.routes import bp as system
from app.transactions.routes import bp as transactions


def register(app: Flask) -> None:
    """Register the blueprints; the order is that of the tags in the documentation."""
    init_tokens()
    for blueprint in (
        system,
        auth,
        transactions,
        receipts,
        budgets,
        analytics,
        insights,
        forecasting,
        ai,
        imports,
        exports,
        files,
    ):
        app.register_blueprint(blueprint)
