"""Conferences, fairs, seminars, delegations and surveys at which supply and demand meet, and who registers for them."""
