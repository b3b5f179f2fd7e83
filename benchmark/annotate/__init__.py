"""Page -> Gold: what a reader decides about a page, written down."""
