"""Lists and reports as spreadsheets: written as they are read, so that none fills the memory."""
