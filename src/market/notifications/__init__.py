"""What people are told: kinds of news as a typed table, kept in the application, sent by mail, gathered by day."""
