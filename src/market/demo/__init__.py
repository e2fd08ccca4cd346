"""A story in invented organizations and people: told into the database (`seed demo`), and lived over HTTP (`tour`)."""
