"""Pure rules. No I/O, no clock, no randomness: time and ids arrive as arguments."""
