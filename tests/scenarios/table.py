"""table: the rows of the table, each a scenario.

A scenario is a function of a cell (cell.py); the decorator `row` puts it into
ROWS, in the order of the files.
"""
import dataclasses
import typing

ALL = ("ctail", "follow", "ctaild", "once")
STAY = ("follow", "ctaild")
AGENTS = ("ctaild", "once")
CTAILS = ("ctail", "follow")
ROWS = []


class Skip(Exception):
    """This cell does not apply here, and why."""


@dataclasses.dataclass
class Row:
    """One scenario, and how its cells are set up."""

    number: str             # in tailing.md 2.4, or "issue"
    title: str
    play: typing.Callable
    skip: dict              # reader: why it does not apply
    own: bool               # needs an agent of its own
    log: str                # the log's name
    paths: tuple            # what to give the agent (relative), or (log,)
    rotated: tuple          # patterns for further generations
    settings: tuple         # further keys of [log]
    options: tuple          # further options of ctail
    arguments: tuple        # for play, behind the cell


# pylint: disable=too-many-arguments
def row(number, title, *, skip=None, own=False, log="app.log", paths=(),
        rotated=(), settings=(), options=(), arguments=()):
    """Decorator: puts a scenario into the table; several may be stacked on
    one function."""
    def take(play):
        # The lowest of several decorators is applied first.
        place = len(ROWS)
        while place and ROWS[place - 1].play is play:
            place -= 1
        ROWS.insert(place, Row(
            number, title, play, skip or {}, own, log, tuple(paths),
            tuple(rotated), tuple(settings), tuple(options),
            tuple(arguments)))
        return play
    return take


def unless(readers, reason):
    """For `skip`: all readers but these do not apply, for this reason."""
    return {reader: reason for reader in ALL if reader not in readers}


STAYS_ONLY = unless(STAY, "no process stays that could notice")
ONE_SHOT_ONLY = unless(
    ("ctail", "once"), "a reader that stays is not between two runs")
