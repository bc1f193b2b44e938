"""Files that users own: stored sealed, shown by short links, removed with what refers to them."""
