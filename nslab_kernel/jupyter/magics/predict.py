"""``%%netns_predict``: a question before a command runs, and its answer laid over what happened."""

from __future__ import annotations

from IPython.core.magic import cell_magic, magics_class
from IPython.display import display

from ...core.lessons.prediction_cell import Prediction, prediction
from ...core.model.network import HOST
from ..frontend import can_ask
from ..parsing import NslabMagics


@magics_class
class PredictMagics(NslabMagics):
    """Think first, then look."""

    @cell_magic
    def netns_predict(self, line: str, cell: str) -> None:
        """Ask what will happen before it does; then run, and compare without blame::

            %%netns_predict Will ns2 answer?
            - Yes | prints 1 received
            - No | prints 100% packet loss
            sudo ip netns exec ns1 ping -c 1 -W 1 172.16.1.2

        The question stands beside the magic. Lines that begin with ``- `` are choices; behind the bar stands what would
        show that a choice is right: ``prints TEXT``, ``doesn't print TEXT``, or a claim as in ``%%netns_check``. The
        other lines are shell commands in the host. They run once the answer is kept; where nobody can be asked
        (nbclient, nbconvert, the stepper) they run at once. Several choices may be right.
        """
        asked = prediction(line, cell)
        if self.session.playing or not can_ask(self.session.shell):
            from ..prediction_view import text

            printed, right = self._settle(asked)
            if printed:
                print(printed.rstrip("\n"))
            print(text(asked, right, self.lab.language))
            return
        from ..prediction_view import PredictionView

        def run() -> tuple[str, tuple[bool, ...]]:
            settled = self._settle(asked)
            if self.session.follower.on:
                self.session.follower.catch_up()  # the answer's own picture shows what has changed
            return settled

        display(PredictionView(asked, self.lab, run))

    def _settle(self, asked: Prediction) -> tuple[str, tuple[bool, ...]]:
        result = self.lab.run(HOST, asked.commands)
        printed = result.stdout + result.stderr
        verdicts = self.lab.check(asked.claims) if asked.claims else ()
        return printed, asked.outcome(printed, [verdict.holds for verdict in verdicts])
