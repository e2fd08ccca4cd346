"""What producers offer: goods, price, least order, capacity over time, certificates."""
