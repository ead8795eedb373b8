"""The magics, through a real kernel: what a student sees."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from nslab_kernel.core.foreign import quoted

from .conftest import Notebook

TWO = """%netns_bridge mydocker0
%netns_attach mydocker0 ns1 172.16.1.1/16
%netns_attach mydocker0 ns2 172.16.1.2/16"""

WAIT_FOR_A_PAGE = """import socket, urllib.request
silent = socket.create_server(("172.16.1.1", 9091))
urllib.request.urlopen("http://172.16.1.1:9091")"""


def test_netns_without_a_name_lists_every_namespace(notebook: Notebook) -> None:
    notebook.run(TWO)
    table = notebook.run("%netns").outputs[0]["text/plain"]
    assert all(word in table for word in ("docker-host1", "mydocker0", "ns1", "172.16.1.2/16", "lo"))


def test_a_cell_runs_inside_its_namespace(notebook: Notebook) -> None:
    notebook.run(TWO)
    assert "172.16.1.1/16" in notebook.run("%%netns ns1\nip -brief address").printed
    assert "mydocker0" in notebook.run("%netns host ip -brief link").printed


def test_output_comes_line_by_line_and_the_streams_stay_apart(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host\necho one\nsleep 0.6\necho two >&2")
    assert (cell.printed, cell.errors) == ("one\n", "two\n")
    assert cell.times[-1] - cell.times[0] > 0.4


def test_standard_input_is_closed(notebook: Notebook) -> None:
    assert notebook.run("%%netns host\ncat; echo done").printed == "done\n"


def test_a_failing_command_fails_the_cell_in_one_sentence(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host\nfalse")
    assert cell.error == "The command ended with status 1."
    assert not notebook.run("%%netns host --no-raise-error\nfalse").failed


def test_a_failed_ping_points_to_its_explanation(notebook: Notebook) -> None:
    notebook.run(TWO)
    assert "`%netns_why ns1 172.16.1.9` explains." in notebook.run("%netns ns1 ping -c 1 -W 1 172.16.1.9").error
    elsewhere = notebook.run("%%netns host\ntrue\nip netns exec ns2 ping -c 1 -W 1 172.16.1.9").error
    assert "`%netns_why ns2 172.16.1.9` explains." in elsewhere
    assert "`%netns_why ns1 10.9.9.9` explains." in notebook.run("%netns ns1 ping -c 1 -W 1 10.9.9.9").error


def test_output_can_go_into_variables(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host --out seen --err said\necho yes; echo no >&2")
    assert (cell.printed, cell.errors) == ("", "")
    assert notebook.run("print((seen, said))").printed == "('yes\\n', 'no\\n')\n"


def test_a_timeout_ends_everything_that_the_cell_started(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host --timeout 0.5\nsleep 77 & sleep 77")
    assert cell.error == "Ended after 0.5 s, with everything that it had started."
    assert "77" not in notebook.run("!ps -eo args | grep '[s]leep 77'").printed


def test_an_interrupt_ends_the_whole_process_group(notebook: Notebook, later) -> None:
    later(1.0, notebook.manager.interrupt_kernel)
    began = time.monotonic()
    cell = notebook.run("%%netns host\nsleep 78 & sleep 78")
    assert cell.name == "KeyboardInterrupt"
    assert time.monotonic() - began < 20
    assert "78" not in notebook.run("!ps -eo args | grep '[s]leep 78'").printed


def test_what_a_cell_leaves_running_does_not_hold_it(notebook: Notebook) -> None:
    began = time.monotonic()
    assert notebook.run("%%netns host\nsleep 30 & echo started").printed == "started\n"
    assert time.monotonic() - began < 20


def test_a_background_cell_gives_its_process(notebook: Notebook) -> None:
    assert not notebook.run("%%netns host --bg --proc server\nsleep 60").failed
    assert notebook.run("server.poll() is None").outputs[0]["text/plain"] == "True"
    notebook.run("server.terminate()")
    assert notebook.run("server.wait(5)").outputs[0]["text/plain"] == "-15"


def test_python_cells_open_their_sockets_in_the_namespace_and_share_variables(notebook: Notebook) -> None:
    notebook.run(TWO)
    server = "import socket\nserver = socket.create_server(('172.16.1.1', 8080))\nserver.getsockname()[1]"
    assert notebook.run(f"%%netns ns1 --python\n{server}").outputs[0]["text/plain"] == "8080"
    client = "client = socket.create_connection(('172.16.1.1', 8080), 5)\npeer, who = server.accept()\nprint(who[0])"
    assert notebook.run(f"%%netns ns2 --python\n{client}").printed == "172.16.1.2\n"
    here = "import os; print({os.readlink(f'/proc/self/task/{t}/ns/net') for t in os.listdir('/proc/self/task')})"
    assert notebook.run(here).printed.count("net:") == 1


def test_an_error_in_a_python_cell_shows_the_cell_alone(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host --python\n1/0")
    assert cell.name == "ZeroDivisionError"
    assert "running.py" not in cell.error


def test_a_waiting_python_cell_can_be_interrupted(notebook: Notebook, later) -> None:
    notebook.run(TWO)
    later(1.0, notebook.manager.interrupt_kernel)
    wait = "import socket\nwaiting = socket.create_server(('172.16.1.1', 9090))\nwaiting.accept()"
    cell = notebook.run(f"%%netns ns1 --python\n{wait}")
    assert cell.name == "KeyboardInterrupt"
    assert notebook.run(
        "[t.name for t in __import__('threading').enumerate() if 'nslab-python' in t.name]"
    ).outputs == [{"text/plain": "[]"}]


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nawait asyncio.sleep(60)",
        "import time\nwhile True:\n    time.sleep(0.1)",
        "import subprocess\nsubprocess.run(['sleep', '60'])",
        WAIT_FOR_A_PAGE,
    ],
)
def test_whatever_a_python_cell_waits_for_can_be_interrupted(notebook: Notebook, later, source: str) -> None:
    notebook.run(TWO)
    later(1.0, notebook.manager.interrupt_kernel)
    began = time.monotonic()
    cell = notebook.run(f"%%netns ns1 --python\n{source}")
    assert (cell.name, cell.error) == ("KeyboardInterrupt", "Interrupted.")
    assert time.monotonic() - began < 20


def test_python_cells_await_and_display_and_see_their_namespaces_files(notebook: Notebook) -> None:
    notebook.run(TWO)
    cell = notebook.run("%%netns ns1 --python\nimport asyncio\nawait asyncio.sleep(0, 'awaited')")
    assert cell.outputs[0]["text/plain"] == "'awaited'"
    cell = notebook.run(
        "%%netns ns1 --python\nfrom IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\nNone"
    )
    assert cell.outputs[0]["text/html"] == "<b>x</b>"
    cell = notebook.run("%%netns ns1 --python\nimport os\nprint(sorted(os.listdir('/sys/class/net')))\n!ip -brief link")
    assert cell.printed.startswith("['eth00-ns1', 'lo']")
    assert "mydocker0" not in cell.printed
    assert "mydocker0" in notebook.run("print(os.listdir('/sys/class/net'))").printed


def test_a_thread_that_a_python_cell_starts_stays_in_the_namespace(notebook: Notebook) -> None:
    notebook.run(TWO)
    server = """%%netns ns1 --python
import socketserver, threading
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())
server = socketserver.TCPServer(("172.16.1.1", 8081), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()"""
    assert not notebook.run(server).failed
    client = """%%netns ns2 --python
with socket.create_connection(("172.16.1.1", 8081), 5) as calling:
    calling.sendall(b"hello\\n")
    print(calling.recv(100))
server.shutdown(); server.server_close()"""
    assert notebook.run("import socket").printed == ""
    assert notebook.run(client).printed == "b'HELLO\\n'\n"


def test_what_is_no_python_is_shown_without_the_way_to_it(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host --python\nx = = 3")
    assert cell.failed
    assert "invalid syntax" in cell.error
    assert "nslab" not in cell.error


def test_an_option_that_would_do_nothing_is_refused(notebook: Notebook) -> None:
    assert "--bg is for cells of shell lines" in notebook.run("%%netns host --python --bg\n1").error
    assert "Options are for cells." in notebook.run("%netns host --bg sleep 1").error
    assert "invalid seconds value: '0'" in notebook.run("%%netns host --timeout 0\ntrue").error
    assert "invalid variable value: '1x'" in notebook.run("%%netns host --out 1x\ntrue").error


def test_a_failure_can_be_caught_as_that_of_a_bash_cell(notebook: Notebook) -> None:
    caught = """import subprocess
try:
    get_ipython().run_cell_magic("netns", "host", "echo seen; exit 3")
except subprocess.CalledProcessError as error:
    print(error.returncode, error.output)"""
    assert notebook.run(caught).printed == "seen\n3 seen\n\n"


def test_a_command_that_is_not_installed_names_its_package(notebook: Notebook) -> None:
    cell = notebook.run("%%netns host\nPATH=/nowhere\nmtr 172.16.1.1")
    assert "`sudo apt-get install mtr-tiny` on the machine itself brings mtr." in cell.error


def test_what_a_student_types_reaches_no_shell(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run("%netns_bridge mydocker0")
    for hostile in (f"'x;touch {tmp_path}/bad'", f"$(touch {tmp_path}/bad)", f"`touch${{IFS}}{tmp_path}/bad`"):
        assert notebook.run(f"%netns_attach mydocker0 {hostile} 172.16.1.1/16").failed
        assert notebook.run(f"%netns {hostile} true").failed
        notebook.run(f"%netns_graph --save {hostile}")
    assert notebook.run(f"import os; print(os.path.exists('{tmp_path}/bad'))").printed == "False\n"


def test_the_extension_can_be_taken_out_and_loaded_again(notebook: Notebook) -> None:
    notebook.run("%unload_ext nslab_kernel")
    assert notebook.run("!ip link add br0 type bridge").pictures == []
    notebook.run("%load_ext nslab_kernel")
    assert len(notebook.run("!ip link add br1 type bridge").pictures) == 1


def test_loading_brings_only_what_every_cell_needs() -> None:
    later = ("core.diagnosis", "core.faults", "picture", "linux.netlink.apply", "jupyter.stepper")
    program = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'nslab_kernel')\n"
        f"brought = {{f'nslab_kernel.{{name}}' for name in {later}}}\n"
        "brought |= {'matplotlib', 'networkx', 'ipywidgets', 'pyroute2'}\n"
        "assert 'nslab_kernel.jupyter.magics.why' in sys.modules\n"
        "assert not brought & set(sys.modules), brought & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_attach_prints_the_commands_that_it_stands_for(notebook: Notebook) -> None:
    notebook.run("%netns_bridge mydocker0")
    printed = notebook.run("%netns_attach mydocker0 ns1 172.16.1.1/16").printed
    assert printed.splitlines()[0] == "sudo ip netns add ns1"
    assert "sudo ip link set veth-ns1 master mydocker0" in printed


@pytest.mark.parametrize(
    ("line", "said", "cure"),
    [
        ("%netns_attach mydocker0 ns9 172.16.1.9", "no prefix length", "172.16.1.9/16"),
        ("%netns_attach nobridge ns9 172.16.1.9/16", 'no bridge "nobridge"', "%netns_bridge nobridge"),
        ("%netns_attach mydocker0", "required", "%netns_attach bridge namespace"),
        ("%netns_attach mydocker0 'a;b' 172.16.1.7/16", ";", "letters, digits"),
        ("%netns_attach mydocker0 $(reboot) 172.16.1.7/16", "$", "letters, digits"),
        ("%netns_detach ns7", 'no namespace "ns7"', "%netns"),
        ("%netns nowhere ip a", 'no namespace "nowhere"', "%netns"),
        ("%netns_graph --save picture.bmp", "picture.bmp", "picture.png"),
        ("%netns_script --save /no/such/folder/x.sh", "can't be written", "another folder"),
        ("%netns_attach 'mydocker0", "quotation", "quotation mark"),
    ],
)
def test_bad_input_gives_a_sentence_and_a_cure_and_changes_nothing(
    notebook: Notebook, line: str, said: str, cure: str
) -> None:
    notebook.run(TWO)
    before = notebook.run("%netns").outputs
    cell = notebook.run(line)
    assert cell.failed
    assert said in cell.error
    assert cure in cell.error
    assert "Traceback" not in cell.error
    assert len(cell.error.splitlines()) <= 2
    assert notebook.run("%netns").outputs == before


def test_what_is_saved_elsewhere_goes_with_the_lab_and_it_is_said(notebook: Notebook, tmp_path: Path) -> None:
    assert "It goes with the lab: " in notebook.run(f"%netns_script --save {tmp_path}/made.sh").printed
    assert not (tmp_path / "made.sh").exists()


def test_a_script_is_printed_and_saved(notebook: Notebook) -> None:
    notebook.run(TWO)
    printed = notebook.run("%netns_script").printed
    assert printed.startswith("#!/bin/sh")
    notebook.run("%netns_script --save made.sh")
    assert notebook.run("print(open('made.sh').read(), end='')").printed == printed


def test_tab_completes_names_and_options(notebook: Notebook) -> None:
    notebook.run(TWO)
    assert {"ns1", "ns2"} <= set(notebook.complete("%netns_detach ns"))
    assert notebook.complete("%netns_attach my") == ["mydocker0"]
    assert "--timeout" in notebook.complete("%%netns ns1 --ti")
    assert "veth-ns1" in notebook.complete("!ip link set veth-")
    assert "host" in notebook.complete("%netns ho")
    assert "veth-ns1" in notebook.complete("!sudo brctl addif mydocker0 ve")
    assert notebook.complete("%netns_firewall ns1 input d") == ["drop"]
    assert "socket" in notebook.complete("%%netns ns1 --python\nimport soc")


def test_the_magics_explain_themselves_with_examples(notebook: Notebook) -> None:
    for magic in ("%%netns", "%netns_attach", "%netns_graph", "%netns_internet"):
        reply = notebook.client.execute_interactive(f"{magic}?", timeout=20, output_hook=lambda _: None)
        shown = reply["content"]["payload"][0]["data"]["text/plain"]
        assert "Examples" in shown


@pytest.mark.parametrize("name", ["my ns", 'q"x', "it's"])
def test_names_with_spaces_and_quotes_are_addressed_as_in_a_shell(notebook: Notebook, name: str) -> None:
    word = quoted(name)
    notebook.run(f"!ip netns add {word}; ip -n {word} link set lo up")
    assert "127.0.0.1/8" in notebook.run(f"%netns {word} ip address").printed
    assert "127.0.0.1/8" in notebook.run(f"%%netns {word}\nip address").printed
    why = notebook.run(f"%netns_why {word} 127.0.0.1")
    assert "arrives" in why.printed + str(why.outputs)
    assert "1 received" in notebook.run(f"%netns_trace {word} sh -c 'ping -c 1 127.0.0.1'").printed
    notebook.run(f"%netns_graph --of {word} --save '/tmp/a b.svg'")
    assert notebook.run("import os; print(os.path.exists('/tmp/a b.svg'))").printed == "True\n"
    assert not notebook.run(f"%netns_detach {word}").error
