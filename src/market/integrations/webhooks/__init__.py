"""Messages to servers of others: signed, repeated until they arrive, and only of what their organization may see."""
