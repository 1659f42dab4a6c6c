"""Slack in: listeners that parse, authorise, hand over one command and acknowledge."""
