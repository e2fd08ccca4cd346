"""Questions that programmes ask of agreements, answered as of a date."""
