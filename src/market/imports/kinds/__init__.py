"""What can be imported: how the rows of a table become what the API takes, and how many of them are kept at once."""
