"""How fast the market is, measured on the whole of it: `make bench`. The tests only try that it runs."""
