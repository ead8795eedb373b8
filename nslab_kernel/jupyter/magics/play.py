"""``%netns_play``: a lesson, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ...core.errors import NslabError
from ...core.translation import _
from ..parsing import NslabMagics, parse

if TYPE_CHECKING:
    from ..player import Player


@magics_class
class PlayMagics(NslabMagics):
    """Play lessons."""

    _player: Player | None = None  # the lesson that is played as text

    @magic_arguments()
    @argument("lesson", nargs="?", help="The notebook to play; by default the one that this cell stands in.")
    @argument("--text", action="store_true", help="Play it as text, without a widget.")
    @argument("--next", action="store_true", help="As text: run the next step.")
    @argument("--back", action="store_true", help="As text: take the last step back.")
    @argument("--reset", action="store_true", help="As text: begin anew, with a bare host.")
    @line_magic
    def netns_play(self, line: str) -> None:
        """Play a notebook as a lesson: each code cell is a step.

        Examples
        --------
        ``%netns_play``
            play the notebook that this cell stands in
        ``%netns_play 01-bridge.ipynb``
            play another one
        ``%netns_play 01-bridge.ipynb --text``
            play it in a front end without widgets; ``%netns_play --next`` runs the next step
        """
        from .. import lesson_text
        from ..frontend import kernel_id
        from ..lesson_file import own_notebook, read_lesson
        from ..player import Player

        wanted = parse(self.netns_play, line)
        if wanted.next or wanted.back or wanted.reset:
            self._go(wanted.next, wanted.back)
            return
        path = Path(wanted.lesson) if wanted.lesson else own_notebook()
        lesson = read_lesson(path)
        if wanted.text or not kernel_id():
            self._player = Player(self.session, lesson, quietly=False)
            print(lesson_text.overview(self._player))
            return
        from ..stepper import Stepper

        display(Stepper(Player(self.session, lesson)))

    def _go(self, on: bool, back: bool) -> None:
        """One move in the lesson that is played as text."""
        from .. import lesson_text

        player = self._player
        if player is None:
            raise NslabError(_("No lesson is being played as text."), _("Begin with `%netns_play LESSON --text`."))
        if on and player.step:
            self._next(player, player.progress.at)
            return
        if not on:
            player.back_to(max(0, player.progress.at - 1) if back else 0)
        print(lesson_text.overview(player))

    def _next(self, player: Player, index: int) -> None:
        from .. import lesson_text

        step, total = player.lesson.steps[index], len(player.lesson.steps)
        print(lesson_text.before(step, index + 1, total, self.lab.language))
        outcome = player.run(index, lambda kind, text: None).outcome
        if not player.progress.records[index].passed:
            raise NslabError(outcome.reason or _("The step failed."), outcome.cure)
        print(lesson_text.after(step, player.played[index], self.lab.language))
