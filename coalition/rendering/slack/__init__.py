"""What Slack shows: pure functions from state to Block Kit. Five kinds of message, no others.

headline (`headline.py`) · milestone and detail (`posts.py`) · alarm (`alarms.py`) ·
reply (`replies.py`); besides them the forms (`modals.py`) and App Home (`home.py`).

Every builder returns a `Rendered`: blocks, and the same said in full sentences as text. Nothing
here decides who may see it; that is the gate's, whose `Cleared[Rendered]` alone can be posted.
"""
