"""The `tocsin` console script."""
