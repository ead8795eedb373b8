"""Every sentence that nslab can show is a message, and the catalogues have it."""

from __future__ import annotations

import argparse
import ast
import errno
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nslab_kernel
from nslab_kernel import cli
from nslab_kernel.core.checks import parse
from nslab_kernel.core.command_line import understood
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model import names
from nslab_kernel.core.model.network import HOST, Address, Bridge, Interface, Namespace, Network
from nslab_kernel.core.model.subnets import AddressBook
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.actions import AddNamespace
from nslab_kernel.core.translation import Message, _, joined, languages, pgettext, translated
from nslab_kernel.jupyter.outcome import INTERRUPTED
from nslab_kernel.jupyter.parsing import seconds, variable
from nslab_kernel.jupyter.running import failure
from nslab_kernel.lab import Lab
from nslab_kernel.linux import refusals
from nslab_kernel.linux.netlink import apply
from nslab_kernel.linux.netlink.socket import ActionError
from nslab_kernel.linux.processes import Result

HOUSE = Path(nslab_kernel.__file__).parent
CATALOGUE = HOUSE / "locale" / "zh_CN" / "LC_MESSAGES" / "nslab.po"
HAN = re.compile(r"[一-鿿]")
ENGLISH = re.compile(r"\b(?:the|is|are|has|can't|doesn't|isn't|already|choose|write|there|it)\b", re.IGNORECASE)
COMMAND = re.compile(r"`[^`]*`|nslab lab [^ ]*")


def _sentences(node: ast.expr) -> Iterator[str]:
    """The plain strings that an expression may be, which no catalogue would know."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield ast.unparse(node)
        case ast.IfExp(body=one, orelse=other):
            yield from (*_sentences(one), *_sentences(other))
        case ast.BoolOp(values=values):
            for value in values:
                yield from _sentences(value)


def _unmarked() -> Iterator[str]:
    """Sentences in the source that are given to an error without being marked as messages."""
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NslabError":
                for argument in node.args:
                    for text in _sentences(argument):
                        plain = text.removeprefix("f").strip("'\"")
                        if re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", plain)) and not COMMAND.fullmatch(plain):
                            yield f"{path.relative_to(HOUSE)}:{node.lineno}: {text}"


def test_what_is_raised_is_marked_for_translation() -> None:
    assert list(_unmarked()) == []


def test_the_catalogues_are_up_to_date_with_the_source() -> None:
    script = HOUSE.parent / "script" / "messages"
    ran = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}"


def _entries() -> list[tuple[str, str]]:
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        return [(str(entry.id), str(entry.string)) for entry in read_po(file) if entry.id and entry.string]


def test_no_translation_loses_a_value_or_a_command() -> None:
    wrong = [
        (english, chinese)
        for english, chinese in _entries()
        for kept in (r"\{\w*[^}]*\}", r"`[^`]*`")
        if sorted(set(re.findall(kept, english))) != sorted(set(re.findall(kept, chinese)))
    ]
    assert wrong == []


def test_texts_of_shell_scripts_keep_their_values_in_order() -> None:
    assert [english for english, chinese in _entries() if english.count("%s") != chinese.count("%s")] == []


def test_the_source_holds_no_words_of_another_language() -> None:
    """Another language must need one catalogue and one folder of notebooks, no code."""
    sources = [*HOUSE.rglob("*"), *(HOUSE.parent / "labextension").rglob("*.js"), *(HOUSE.parent / "script").rglob("*")]
    held = [
        str(path.relative_to(HOUSE.parent))
        for path in sources
        if path.is_file()
        and path.suffix in (".py", ".js", ".sh", "")
        and path.name not in ("translations.js", "nslab.sh", "drawing.py")  # made from catalogues; a font's sample
        and HAN.search(path.read_text(errors="replace"))
    ]
    assert held == []


def test_no_english_is_left_in_the_chinese() -> None:
    left = [
        chinese
        for _english, chinese in _entries()
        if ENGLISH.search(
            re.sub(r"``[^`]*``|`[^`]*`|“[^”]*”|\{[^}]*\}|也可写.*|其他目的地写.*|不在主机上时写.*", "", chinese)
        )
    ]
    assert left == []


def test_a_message_reads_as_english_and_keeps_its_values() -> None:
    message = _('There is no bridge "{name}".', name="br9")
    assert message == 'There is no bridge "br9".'
    assert (message.msgid, message.values) == ('There is no bridge "{name}".', {"name": "br9"})
    assert translated(message, "en") == message
    assert translated(message, "zh") == "没有叫“br9”的网桥。"


def test_a_message_without_values_keeps_its_braces() -> None:
    assert _("{ 80 : 10.0.0.1 }") == "{ 80 : 10.0.0.1 }"


def test_what_no_catalogue_has_stays_english() -> None:
    assert translated(_("The interface {name} is tired.", name="eth0"), "zh") == "The interface eth0 is tired."
    assert translated("No such file or directory", "zh") == "No such file or directory"
    assert translated(_("Choose another subnet."), "xx") == "Choose another subnet."


def test_messages_in_a_row_are_translated_each() -> None:
    row = joined(_("Did you mean {name}?", name="ns1"), "", _("`%netns` lists them."))
    assert row == "Did you mean ns1? `%netns` lists them."
    assert translated(row, "zh") == "是不是想写 ns1？`%netns` 会列出它们。"
    assert joined() == ""


def test_values_that_are_messages_are_translated_too() -> None:
    said = _("{kind} name can't be empty.", kind=_("A bridge"))
    assert said == "A bridge name can't be empty."
    assert translated(said, "zh") == "网桥的名字不能为空。"


def test_the_same_words_can_mean_two_things() -> None:
    assert pgettext("an interface", "down") == "down"
    assert isinstance(pgettext("an interface", "down"), Message)


def test_a_language_is_a_folder() -> None:
    assert languages() == ("en", "zh")


def in_chinese(text: str) -> str:
    """The Chinese of a message, in which no English is left."""
    said = translated(text, "zh")
    assert said != text, f"nobody has translated this: {text}"
    assert HAN.search(said)
    plain = said.replace(translated(parse.listed_forms(), "zh"), "")  # claims themselves are English
    assert not ENGLISH.search(re.sub(r"``[^`]*``|`[^`]*`|“[^”]*”", "", plain)), said
    return said


def error_of(call: Callable[[], object]) -> NslabError:
    """The error that a call raises."""
    with pytest.raises(NslabError) as caught:
        call()
    return caught.value


def host(*interfaces: Interface) -> Network:
    """A host with these interfaces, beside a namespace ns1 with one."""
    inner = Interface(2, "eth0", "veth", addresses=(Address("10.2.0.1", 16),))
    return Network(Namespace(HOST, "host", interfaces=interfaces), (Namespace("ns1", interfaces=(inner,)),))


BRIDGE = Interface(2, "br0", "bridge", bridge=Bridge(), addresses=(Address("10.1.0.1", 16),))
CABLE = Interface(3, "veth-ns1", "veth")
CARD = Interface(4, "eth9")
LONG = "x" * 300


def refused(number: int, *left: ActionError) -> NslabError:
    """What is said of a namespace that the kernel won't make."""
    failed = ActionError(AddNamespace("ns1"), OSError(number, "No such luck"))
    return apply.explain(failed, left)


def asked(*words: str) -> NslabError:
    """What is said of the words after a magic, as `nslab_kernel.jupyter.parsing.parse` says it."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("bridge")
    parser.add_argument("state", nargs="?", choices=("on", "off"))
    parser.add_argument("--tcp", type=int)
    parser.add_argument("--timeout", type=seconds)
    parser.add_argument("--out", type=variable)
    parser.add_argument("--off", action="store_true")
    try:
        parser.parse_args(words)
    except argparse.ArgumentError as error:
        return NslabError(understood(str(error)))
    raise AssertionError("it was understood")


DENIED = refusals.Machine({}, unprivileged_userns_clone=False)
MADE: dict[str, Callable[[], NslabError]] = {
    **{
        f"{check.__name__} {text[:9]!r}": lambda check=check, text=text: error_of(lambda: check(text))
        for check in (names.namespace_name, names.interface_name, names.bridge_name)
        for text in ("", "a/b", "a b", "..", "-n", "网络", LONG)
    },
    "reserved": lambda: error_of(lambda: names.interface_name("all")),
    "reserved for a bridge": lambda: error_of(lambda: names.bridge_name("all")),
    "too long": lambda: error_of(lambda: names.veth_names("namespace1")),
    **{
        text: lambda text=text: error_of(lambda: names.interface_address(text))
        for text in (
            "10.0.0.1", "10.0.0.1/99", "x/16", "0.0.0.0/8", "127.0.0.1/8", "224.0.0.1/8", "250.0.0.1/8", "10.0.0.0/8",
            "10.255.255.255/8", "fd00::/64",
        )
    },
    "used in the host": lambda: error_of(lambda: AddressBook(host(BRIDGE)).take("10.1.0.1/16", "eth0", "ns2")),
    "used in a namespace": lambda: error_of(lambda: AddressBook(host()).take("10.2.0.1/16", "eth0", "ns2")),
    "all used": lambda: error_of(lambda: AddressBook(host()).take("10.2.0.1/32", "eth0", "ns2")),
    "overlap with the host": lambda: error_of(lambda: AddressBook(host(BRIDGE)).take("10.1.0.9/24", "eth0", "ns2")),
    "overlap with a namespace": lambda: error_of(lambda: AddressBook(host()).take("10.2.0.9/24", "eth0", "ns2")),
    "overlap outside": lambda: error_of(lambda: AddressBook(host(BRIDGE)).take("10.9.0.9/8", "eth0", "ns2")),
    "the same subnet": lambda: error_of(
        lambda: AddressBook(host(BRIDGE)).take("10.1.0.9/16", "br1", HOST, alone=True)
    ),
    "a cable for a bridge": lambda: error_of(lambda: plans.find_bridge(host(BRIDGE, CABLE), "veth-ns1")),
    "a card for a bridge": lambda: error_of(lambda: plans.find_bridge(host(CARD), "eth9")),
    "a bridge nearby": lambda: error_of(lambda: plans.find_bridge(host(BRIDGE), "br1")),
    "a namespace nearby": lambda: error_of(lambda: plans.find_namespace(host(), "ns11")),
    "no claims": lambda: error_of(lambda: parse.parse("")),
    "no claim": lambda: error_of(lambda: parse.parse("ns1 likes ns2")),
    "almost a claim": lambda: error_of(lambda: parse.parse("ns1 can pin 172.16.1.2")),
    "nothing like a claim": lambda: error_of(lambda: parse.parse("?")),
    **{errno.errorcode[number]: lambda number=number: refused(number) for number in (*apply._CURES, errno.EIO)},
    "wrong types": lambda: error_of(lambda: Lab("en").attach(None, "ns1")),
    "wrong arguments": lambda: error_of(lambda: Lab("en").attach()),
    "half a character": lambda: error_of(lambda: Lab("en").detach("\ud800")),
    "not taken back": lambda: refused(errno.EIO, ActionError(AddNamespace("ns2"), OSError(errno.EIO, "No luck"))),
    "arguments missing": lambda: NslabError(understood("the following arguments are required: bridge")),
    "arguments too many": lambda: NslabError(understood("unrecognized arguments: a b")),
    "a value missing": lambda: asked("br0", "--tcp"),
    "no number": lambda: asked("br0", "--tcp", "x"),
    "no time": lambda: asked("br0", "--timeout", "0"),
    "no variable": lambda: asked("br0", "--out", "a-b"),
    "no choice": lambda: asked("br0", "perhaps"),
    "a value too many": lambda: asked("br0", "--off=1"),
    "two options": lambda: NslabError(understood("ambiguous option: --t=1 could match --tcp, --timeout")),
    **{
        f"refused: {step} {number} {machine}": lambda step=step, number=number, machine=machine: refusals.explain(
            step, number, "unshare failed", machine
        )
        for step, number, machine in (
            ("user namespace", errno.ENOSPC, refusals.Machine({"max_user_namespaces": 0})),
            ("user namespace", errno.ENOSPC, refusals.Machine({"max_user_namespaces": 9})),
            ("user namespace", errno.EINVAL, refusals.Machine({})),
            ("user namespace", errno.EPERM, DENIED),
            ("user namespace", errno.EPERM, refusals.Machine({}, container=True)),
            ("user namespace", errno.EPERM, refusals.Machine({}, apparmor_restricts=True)),
            ("user namespace", errno.EPERM, refusals.Machine({}, seccomp=True)),
            ("user namespace", errno.EPERM, refusals.Machine({})),
            ("/proc", errno.EIO, refusals.Machine({})),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_values_has_its_chinese(name: str) -> None:
    error = MADE[name]()
    for part in (error.message, error.cure):
        if part:
            in_chinese(part)


def test_how_a_step_went_has_its_chinese() -> None:
    for result in (Result(1, "", ""), Result(-9, "", ""), Result(0, "", "", timed_out=True)):
        in_chinese(failure("ns1", "true", result, 2.0).message)
    in_chinese(failure("ns1", "ping 10.0.0.2", Result(1, "", ""), None).hint)
    in_chinese(failure("ns1", "nmap", Result(127, "", "nmap: command not found"), None).hint)
    in_chinese(INTERRUPTED.reason)
    in_chinese(INTERRUPTED.cure)


def test_an_error_is_shown_in_the_front_ends_language(monkeypatch: pytest.MonkeyPatch) -> None:
    error = error_of(lambda: plans.find_namespace(host(), "ns11"))
    assert str(error) == 'There is no namespace "ns11".\nDid you mean ns1? `%netns` lists them.'
    monkeypatch.setattr(NslabError, "language", "zh")
    assert str(error) == "没有叫“ns11”的命名空间。\n是不是想写 ns1？`%netns` 会列出它们。"
    assert error._render_traceback_() == str(error).splitlines()
    assert error.message == 'There is no namespace "ns11".'


@pytest.mark.parametrize("arguments", [["--help"], ["lab", "--help"], ["shell", "--help"], ["grade", "-h"]])
def test_help_of_the_command_line_is_in_the_readers_language(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh")
    monkeypatch.setattr(NslabError, "language", "en")
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert told[0].startswith("用法：nslab ")
    unsaid = [line for line in told[1:] if not HAN.search(line) and not re.fullmatch(r"\s+[-\[\w\]{},. ]+", line)]
    assert unsaid == []


def test_a_wrong_command_line_is_refused_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh")
    monkeypatch.setattr(NslabError, "language", "en")
    with pytest.raises(SystemExit):
        cli.main(["check", "--nonsense"])
    assert capsys.readouterr().err.splitlines()[-1] == "nslab: 不认识的参数：--nonsense。"
