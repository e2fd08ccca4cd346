"""All that an agreement said at each version, the hash chain over it, and its audit."""
