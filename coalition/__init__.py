"""The rules of the coalition: what may happen, what did happen, and what follows from it."""
