"""Signed HTTP POST to a partner's own server (Standard Webhooks 1.0.0)."""
