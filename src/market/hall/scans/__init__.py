"""Scans of papers signed at an event, matched to their agreements by code or number; a person assigns the rest."""
