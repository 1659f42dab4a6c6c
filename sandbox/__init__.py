"""A local Slack-compatible workspace and simulated partner CERTs, for trying, showing and testing.

Product code never imports this package and never asks whether it is there; it is reached only
through the addresses in its environment (`SLACK_API_URL`, SMTP, webhook targets).
"""
