"""`/_control/*`: all that a person can do or see, and the switches. The README is its contract."""

from sandbox.slack.control.routes import routes

__all__ = ["routes"]
