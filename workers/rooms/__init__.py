"""The Slack side of the work: opening rooms, keeping headlines current, posting, taking notes."""
