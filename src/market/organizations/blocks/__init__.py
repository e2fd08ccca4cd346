"""Whom an organization does not want to hear of."""
