"""Heads of the history's chain, signed and kept where the owner of the database cannot rewrite them."""
