"""The paper: what it says in words, its files and versions, and scans of what was signed."""
