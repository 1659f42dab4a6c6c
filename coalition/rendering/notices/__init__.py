"""What a partner CERT gets to see of a notice: one model, and its text, mail and webhook forms."""
