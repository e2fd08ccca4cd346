"""What comes of an event: what was agreed to follow, visits to growing areas with findings, and what people thought."""
