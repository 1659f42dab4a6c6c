"""A task for one of us: the number to call and the words to say. No machine calls anybody."""
