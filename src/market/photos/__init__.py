"""Photos of what people show: listings, organizations, and whatever else names itself a subject."""
