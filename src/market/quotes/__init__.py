"""Answers to needs: offers, counter-offers and their acceptance, and what two organizations write to each other."""
