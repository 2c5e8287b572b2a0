"""Which commitments are asked for: what the pages, their downloads and the API share."""
