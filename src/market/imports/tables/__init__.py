"""Sheets as tables: where the heading stands, what its columns mean, what is left to ask, and the rows in our terms."""
