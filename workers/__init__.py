"""Where work is done: relay, drain jobs, timers."""
