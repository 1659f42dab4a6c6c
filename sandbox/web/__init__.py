"""The browser's view of the sandbox: act as anybody, read partners' inboxes, watch the traffic."""
