"""What was promised and what arrived: quantities, deliveries, standings, and what reports count."""
