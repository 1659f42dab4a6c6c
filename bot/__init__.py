"""Where people and partners talk to Tocsin: Slack listeners and the web application."""
