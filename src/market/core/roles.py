"""Names of the database's roles below its owner; a migration makes them and says what they may do."""

from __future__ import annotations

WRITER = "market_writer"
"""API and worker: alters no table, and only adds to what is append-only."""
READER = "market_reader"
"""Reports and audits: reads all but credentials and contacts."""
