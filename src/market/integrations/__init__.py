"""How other software keeps in step with the market: the feed of changes."""
