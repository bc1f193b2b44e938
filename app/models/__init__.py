"""One module per collection: its name, the stored shape and its INDEXES."""
