"""Budgets: a limit per category and period, compared with what was spent."""
