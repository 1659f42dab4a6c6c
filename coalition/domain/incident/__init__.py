"""The incident: what is known, who was told, who answered, what is still open."""
