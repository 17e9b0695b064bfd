"""HTTP: the API, the tiles, and what pages need."""
