"""/aid: ask for help, offer it, match, agree, deploy, stand down and settle."""

from __future__ import annotations

from bot.slack.verbs.aid_costs import COSTING
from bot.slack.verbs.aid_declining import DECLINING
from bot.slack.verbs.aid_looking import LISTING
from bot.slack.verbs.aid_matching import MATCHING
from bot.slack.verbs.aid_missions import MISSIONS_VERBS
from bot.slack.verbs.aid_offering import OFFERING
from bot.slack.verbs.aid_requesting import REQUEST
from bot.slack.verbs.aid_terms import ACCEPTING

VERBS = (REQUEST, OFFERING, MATCHING, ACCEPTING, *DECLINING, *MISSIONS_VERBS, COSTING, LISTING)
