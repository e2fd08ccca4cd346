"""Names that nobody has placed yet, and what officers decide about them."""
