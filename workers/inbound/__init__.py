"""Mail that comes in: partners' signed answers, automatic replies, and mails that came back.

Everything in it was written by a stranger until a signature proves otherwise. Nothing here ever
sends a mail, so no machine can be drawn into answering ours.
"""
