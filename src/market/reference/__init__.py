"""Where, what and how it is counted: provinces (dated), concepts, units, certification schemes and their words."""
