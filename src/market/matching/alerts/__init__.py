"""Saved searches and open needs that keep watch, and what people are told when something fits."""
