"""Cooperation programmes of Ho Chi Minh City with the regions, and the figures published about them."""
