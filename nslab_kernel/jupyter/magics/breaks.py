"""``%netns_break`` and ``%netns_hint``: something is broken on purpose, for a student to fix.

The words of a break are imported where they are shown: faults and their diagnosis would slow every kernel's start.
"""

from __future__ import annotations

from contextlib import nullcontext

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ..display import show_commands
from ..messages import say, worded
from ..parsing import NslabMagics, parse


@magics_class
class BreakingMagics(NslabMagics):
    """Break and fix; ``%netns_check`` shows whether it is fixed."""

    @magic_arguments()
    @argument("--level", type=int, default=1, metavar="1-3", help="1 is easy, 2 takes a search, 3 is several at once.")
    @argument("--seed", type=int, metavar="N", help="The same seed breaks the same lab in the same way.")
    @argument("--off", action="store_true", help="Undo what is still broken, and show what it was.")
    @line_magic
    def netns_break(self, line: str) -> None:
        """Break this lab in one hidden way, to be found and fixed with real commands.

        No picture of the change is shown, and a live picture (``%netns_live``) doesn't let it stand out. Later pictures
        show the lab as it is, the fault with it, where pictures show such things at all.

        Examples
        --------
        ``%netns_break``
        ``%netns_break --level 2 --seed 7``
        ``%netns_break --off``
        """
        wanted = parse(self.netns_break, line)
        if wanted.off:
            self._put_back()
        else:
            self._break(wanted.level, wanted.seed)

    @magic_arguments()
    @line_magic
    def netns_hint(self, line: str) -> None:
        """Give a hint: for what ``%netns_break`` broke, else for the last checkpoint that failed.

        Each one is more exact than the one before; the last is the command.

        Examples
        --------
        ``%netns_hint``
        """
        from .. import break_words

        parse(self.netns_hint, line)
        given = self.session.hints
        if self.lab.exercise is None and given.claim:
            say(given.claim, given.take())
        else:
            say(self.lab.hint() or break_words.NO_HINT)

    def _break(self, level: int, seed: int | None) -> None:
        from .. import break_words

        live = self.session.follower.live
        with live.unseen() if live else nullcontext():
            exercise = self.lab.break_(level, seed)
        if self.session.follower.on:
            self.session.follower.catch_up()  # what a break changes is no news to be drawn
        say(break_words.begun(exercise))

    def _put_back(self) -> None:
        from .. import break_words

        exercise = self.lab.exercise
        done = self.lab.unbreak()
        show_commands(done.commands or (worded(break_words.NOTHING_LEFT),))
        if exercise:
            say(break_words.was(exercise.faults))
