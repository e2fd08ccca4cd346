"""What an organization says of itself, and who looked at the evidence: identity, kinds, a tax code that is disputed."""
