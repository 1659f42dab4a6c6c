"""Where browsers, partners and probes talk to Tocsin."""
