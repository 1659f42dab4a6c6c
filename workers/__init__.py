"""Where work is done: relay, jobs, timers."""
