"""The gateway to Meilisearch. Knows no language."""
