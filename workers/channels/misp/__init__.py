"""A MISP event: a file of the partner's own, and pushed to its server where one is named."""
