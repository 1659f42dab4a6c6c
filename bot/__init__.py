"""Where people and partners talk to Tocsin: Slack and the web."""
