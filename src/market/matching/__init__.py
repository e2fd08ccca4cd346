"""Which offers fit which needs, how well, and why: gates that pass or fail, a score of weighted parts, in words."""
