"""Legal clocks: what must be reported, to whom and by when. The law is data, never code."""
