"""What people write for units, goods, places and certificates, by the reference data: one reader and one rule for each.

Numbers, dates, times, days of the week and yes or no need no reference data and stand in `market.core.values`. Every
reader answers a value or raises `Unreadable`, which names both readings or the nearest right values.
`types` holds the readers as field types of what the API takes; `columns` reads the cells of one column together.
"""
