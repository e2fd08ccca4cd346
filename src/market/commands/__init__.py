"""Commands of rooms that know of no `market up`, given the settings of the one that runs; each is loaded alone."""
