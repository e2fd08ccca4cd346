"""The relevance lab: judged queries over a generated corpus, for this search and for two plain ones."""
