"""What people write for a number, a date, a time, a day of the week, a yes: one reader and one rule for each.

Text that can be read two ways is refused with both readings named; nothing is shifted or multiplied in silence. The
readers that need reference data (units, goods, places, certificates) stand in `market.reading`.
"""
