"""Lists and reports as spreadsheets: written as they are read, so that a long one is no larger in memory than a short."""
