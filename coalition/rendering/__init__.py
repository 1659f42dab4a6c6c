"""Pure views of state: Block Kit, mail, webhook JSON, plain text."""
