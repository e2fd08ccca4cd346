"""Everything behind `market up`: PostgreSQL, Meilisearch, API and worker on one machine."""
