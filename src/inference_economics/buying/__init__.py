"""API, rent or own: list prices, hours of a chip, servers of one's own, and where they break even."""

# May import: quantities, catalog.
