"""What a person's payments tell: patterns, oddities, what recurs, what to budget."""
