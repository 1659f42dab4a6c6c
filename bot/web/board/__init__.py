"""The board: the whole picture in a browser, drawn on the server, keeping itself up to date."""

from bot.web.board.aid import AidPages
from bot.web.board.answering import Answering
from bot.web.board.pages import Board
from bot.web.board.ticking import Ticking

__all__ = ["AidPages", "Answering", "Board", "Ticking"]
