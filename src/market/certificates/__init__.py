"""Dated recognitions: who vouched for what, until when, and whether a second person has seen the paper."""
