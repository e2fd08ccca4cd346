"""Files of listings and needs into the market, row by row: what is wrong with a row is said, the others are kept."""
