"""A run: one execution of a playbook, pinned to its content, carried through crashes and weeks."""
