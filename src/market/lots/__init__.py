"""Lots: what was harvested together, and can be followed back from its label."""
