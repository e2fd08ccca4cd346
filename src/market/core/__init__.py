"""What every room stands on. Knows nothing about produce and imports no other room."""
