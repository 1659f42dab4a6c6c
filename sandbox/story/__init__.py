"""Stories that play themselves, by way of the HTTP surface that people use."""
