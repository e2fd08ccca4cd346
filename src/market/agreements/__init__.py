"""What was signed: MOUs and contracts, their parties and lines, their states, and what was delivered on them."""
