"""Reading: what the pages and the API ask of the projections."""
