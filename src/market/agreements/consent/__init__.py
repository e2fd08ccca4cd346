"""Whose word an agreement is: who is bound, who may do what in which state, and what waits for whom."""
