"""Analytics: months, categories, years and budgets in figures, added up by the database."""
