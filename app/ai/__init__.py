"""AI insights: the summary of the last 30 days."""
