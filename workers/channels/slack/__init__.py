"""A message in a Slack channel of the partner's own."""
