"""What Slack may send, one module for each kind; each has `register(app, desk)`."""
