"""What an operator sees of a running Tocsin: log lines and metrics, and nothing of the content.

Both carry ids and counts only, so that wherever they are collected (usually a place with a lower
ceiling than any incident) they are TLP:CLEAR.
"""

from coalition.observability.logs import bound, setup_logging

__all__ = ["bound", "setup_logging"]
