"""Forecasts of spending: asked for over HTTP, computed by a worker, kept until the data change."""
