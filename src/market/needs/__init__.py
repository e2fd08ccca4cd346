"""What buyers ask for: lines of goods with quantity, cadence, certificates and price ceiling, and where to deliver."""
