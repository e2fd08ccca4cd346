"""Invented organizations, listings and needs in any number, the same for the same seed: for trials of size."""
