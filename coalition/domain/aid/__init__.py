"""Mutual aid: one aggregate per request, with its offers, terms, missions and costs."""
