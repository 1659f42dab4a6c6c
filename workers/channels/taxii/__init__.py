"""A STIX 2.1 bundle added to a partner's TAXII 2.1 collection."""
