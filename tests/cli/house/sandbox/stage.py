"""Stands in for the sandbox: says what it has been told and what the bot is to be told."""

import json
import os
import signal
import sys
from pathlib import Path

if "broken" in sys.argv:
    sys.exit("there is no story called broken")

coalition = Path(os.environ["TOCSIN_DATA_DIR"], "sandbox-coalition.yaml")
coalition.write_text(Path(os.environ["EXAMPLE"]).read_text(encoding="utf-8"), encoding="utf-8")
env = {
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_APP_TOKEN": "xapp-sandbox",
    "TOCSIN_PRIVATE_TARGETS": "127.0.0.0/8",
    "TOCSIN_COALITION": str(coalition),
    "EE_ARGUMENTS": " ".join(sys.argv[1:]),
}
print(json.dumps({"addresses": {"workspace": "http://127.0.0.1:9"}, "env": env}), flush=True)
signal.sigwait({signal.SIGTERM})
