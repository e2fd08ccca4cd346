"""Files as tables: whatever people save, opened to sheets of rows; what is dangerous in a file is refused here."""
