"""The outside world; each module raises its own errors."""
