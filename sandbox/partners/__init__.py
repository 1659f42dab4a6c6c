"""Simulated partner CERTs: mail, webhooks, and people who answer in their own time."""
