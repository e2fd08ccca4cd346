"""Search: how goods are asked for, and the engine that finds them."""
