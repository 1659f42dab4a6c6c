"""Stands in for a story: prints its arguments as the ledger."""

import os
import sys

print("ledger " + " ".join(sys.argv[1:]), flush=True)
sys.exit(int(os.environ.get("STORY_ENDS_WITH", "0")))
