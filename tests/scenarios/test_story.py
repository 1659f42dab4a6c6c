"""The demonstration tells the truth: what it narrates has happened, and its ledger adds up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from sandbox.story.__main__ import main
from sandbox.story.ledger import NoLedgerError, ledger
from sandbox.story.narration import plain
from tests.conftest import REPOSITORY

SPEED = "8"
NOTICES = (
    "Notice 1: early warning, TLP:GREEN, by CERT-EE",
    "Notice 2: alert, TLP:GREEN, by CERT-EE",
    "Notice 3: sitrep, TLP:GREEN, by CERT-EE",
    "Notice 4: mutual aid request, TLP:GREEN, by CERT-EE",
)
TIME = r"\d\d:\d\d:\d\d"
REPORT = r"""**TLP:GREEN**

# INC-2026-0001: Flood

## Who was told

### Notice 1: alert, TLP:GREEN, by CERT-EE

| Member | Reached by | Delivered | Acknowledged | Answer |
| --- | --- | --- | --- | --- |
| CERT-LV | webhook (failed) → email (delivered) | 2026-11-21 19:10:33 UTC | not yet | none |
| FI | webhook (delivered) | 2026-11-21 19:10:33 UTC | 2026-11-21 19:10:34 UTC | accept: a \| b |

## Timeline
- nothing

**TLP:GREEN**
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """One whole demonstration, from its start to its end."""
    folder = tmp_path_factory.mktemp("demonstration")
    command = [sys.executable, "-P", "-m", "coalition.cli", "demo", "--exit", "--speed", SPEED]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=140,
    )
    assert done.returncode == 0, done.stderr
    assert list(folder.glob("tocsin-demo-*")) == []  # it cleans up behind itself
    return done


@pytest.mark.timeout(150)
def test_the_demonstration_ends_by_itself_with_a_ledger_of_who_was_told(
    told: subprocess.CompletedProcess[str],
) -> None:
    addresses, _, table = told.stdout.partition("TLP:GREEN")
    assert re.findall(r"^(\w+)\t", addresses, re.MULTILINE) == ["workspace", "inboxes", "board"]
    parts = re.split(r"^(Notice \d.*)$", table, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == NOTICES
    warning, alert, _, aid = parts[2::2]
    assert re.search(rf"CERT-LV +webhook.* {TIME} +{TIME} +acknowledged only", warning)
    assert re.search(rf"NorCERT +webhook → email +{TIME} +{TIME} +need info: Which hosts", alert)
    assert re.search(rf"SI-CERT +webhook → email +{TIME} +no \(", alert)  # silent to the end
    assert re.search(rf"NCSC-FI +webhook.* {TIME} +{TIME} +offer: Scrubbing", aid)
    assert table.rstrip().endswith("TLP:GREEN")
    assert "+386 555 0100" in told.stderr  # the alarm names the telephone
    assert "Not done" not in told.stderr


@pytest.mark.timeout(150)
def test_its_ledger_says_who_offered_who_signed_and_what_it_cost(
    told: subprocess.CompletedProcess[str],
) -> None:
    helped = told.stdout.partition("Help asked")[2]
    assert "AID-2026-0001 by CERT-EE: Closed" in helped
    for offer in ("Offer 1, NCSC-FI, item 1: 40 of", "Offer 2, NKSC-LT, item 1: 20 of"):
        assert offer in helped
    assert re.search(r"Offer 3, CERT-LV, item 2: 4 of .*Settled: EUR 3,850\.50", helped, re.DOTALL)
    signed = r"Offer 3 \([0-9a-f]{12}\): signed by Alice Tamm \(CERT-EE\), Inga Ozola \(CERT-LV\)"
    assert re.search(signed, helped)
    assert "Mission 3, costs: EUR 3,850.50, cap EUR 5,000" in helped


@pytest.mark.timeout(150)
def test_help_is_offered_in_slack_by_signed_webhook_and_by_mail_with_openpgp_alone(
    told: subprocess.CompletedProcess[str],
) -> None:
    said = " ".join(told.stderr.split())
    assert "NCSC-FI offers help on the request for help by its own system, signed" in said
    assert "Inga, CERT-LV /aid offer AID-2026-0001" in said
    assert "Inga, CERT-LV signs what was shown" in said
    assert "Accepted: offer 3 of CERT-LV" in said
    if shutil.which("gpg") is None:
        pytest.skip("no gpg here: NKSC-LT has offered by its link, and confirmed it in Slack")
    assert "NKSC-LT gets the request for help by mail" in said
    assert "NKSC-LT offers help on the request for help by mail, signed with its OpenPGP" in said
    assert "--offer 2 " not in said  # nobody had to confirm it


def test_the_ledger_is_a_table_that_lines_up_and_keeps_its_label() -> None:
    shown = ledger(REPORT)
    assert shown.splitlines() == [
        "TLP:GREEN · times in UTC, 2026-11-21",
        "",
        "Notice 1: alert, TLP:GREEN, by CERT-EE",
        "  Member   Reached by                Delivered  Acknowledged  Answer",
        "  -------  ------------------------  ---------  ------------  ------------------------",
        "  CERT-LV  webhook (failed) → email  19:10:33   not yet       none",
        "  FI       webhook                   19:10:33   19:10:34      accept: a | b",
        "",
        "TLP:GREEN",
    ]


def test_a_long_answer_is_wrapped_in_its_own_column() -> None:
    long = REPORT.replace(r"a \| b", "four people from Monday until the end of the month")
    *_, last, more, again, _, _ = ledger(long, width=86).splitlines()
    assert max(map(len, (last, more, again))) <= 86
    assert last.split("  ")[-1] == "accept: four people from"
    assert (more.strip(), again.strip()) == ("Monday until the end of", "the month")
    assert more.index("Monday") == last.index("accept")


def test_a_report_without_notices_is_no_ledger() -> None:
    with pytest.raises(NoLedgerError, match="who was told"):
        ledger("**TLP:GREEN**\n# INC-2026-0001\n")


def test_what_slack_marks_up_is_told_in_plain_words() -> None:
    text = "<@U0ALICE>: *act* by <!date^17^{time}|21 Nov 20:15 UTC>, see <https://x.example|it>"
    shown = plain(text, {"U0ALICE": "Alice Tamm"})
    assert shown == "@Alice Tamm: act by 21 Nov 20:15 UTC, see it"
    assert plain("2 * 3 * 4") == "2 * 3 * 4"


def test_a_story_that_cannot_go_on_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = "http://127.0.0.1:9"
    assert main(["--workspace", nobody, "--hub", nobody]) == 1
    told = capsys.readouterr()
    assert "The story stopped" in told.err
    assert "the sandbox does not answer" in told.err
    assert told.out == ""
