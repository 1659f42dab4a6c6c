"""Ports, handlers, policies and projections: what happens, without how."""
