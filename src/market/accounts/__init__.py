"""People: users, sign-in, sessions, API keys."""
