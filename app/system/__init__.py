"""What the service says of itself: name, health, metrics."""
