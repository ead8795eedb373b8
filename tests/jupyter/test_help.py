"""--help on every magic shows what ? shows, and does nothing else."""

from __future__ import annotations

import json

from .conftest import Notebook

NAMES = """import json
magics = get_ipython().magics_manager.magics
print(json.dumps([sorted(n for n in magics[kind] if n.startswith("netns")) for kind in ("line", "cell")]))"""
# What ? and --help show goes to the pager; here it is kept.
KEEP = """shown = []
def keep(self, data, start=0, screen_lines=0):
    shown.append(data if isinstance(data, str) else data["text/plain"])
get_ipython().set_hook("show_in_pager", keep)"""


def test_help_is_what_a_question_mark_shows_on_every_magic(notebook: Notebook) -> None:
    names, of_cells = json.loads(notebook.run(NAMES).printed)
    assert len(names) > 15
    assert len(of_cells) > 2
    assert notebook.run(KEEP).error == ""
    for name in names:
        cell = notebook.run(f"shown.clear()\n%{name}?")
        assert cell.error == "", name
        helped = notebook.run(f"%{name} --help")
        assert (helped.error, helped.printed, helped.outputs) == ("", "", []), name
        both = notebook.run("import json; print(json.dumps(shown))").printed
        question, option = json.loads(both)
        assert option == question, name
        assert name in option
    for name in of_cells:
        notebook.run(f"shown.clear()\n%%{name}?")
        helped = notebook.run(f"%%{name} --help\ntouch /tmp/ran")
        assert (helped.error, helped.printed, helped.outputs) == ("", "", []), name
        question, option = json.loads(notebook.run("import json; print(json.dumps(shown))").printed)
        assert option == question, name
    assert notebook.run("import os; os.path.exists('/tmp/ran')").outputs[0]["text/plain"] == "False"


def test_an_option_of_a_command_is_the_commands_own(notebook: Notebook) -> None:
    assert "Usage" in notebook.run("%netns host ls --help").printed


def test_help_on_a_cell_magic_doesnt_run_the_cell(notebook: Notebook) -> None:
    assert notebook.run("%%netns --help\ntouch /tmp/nslab-help-ran; echo ran").printed == ""
