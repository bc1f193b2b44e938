"""What clients may ask of insights."""

from pydantic import Field

from app.core.types import Query


class RecommendationQuery(Query):
    """What is to be left of the income."""

    savings_goal_pct: float = Field(20, ge=0, le=100, description="Percent of the income that are to be saved.")
