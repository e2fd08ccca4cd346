"""What texts say: a query, a title, a cell read to what it asks or offers."""
