"""Every sentence that nslab can say in an error has its Chinese."""

from __future__ import annotations

import argparse
import ast
import errno
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nslab_kernel
from nslab_kernel.core import chinese
from nslab_kernel.core.checks import parse
from nslab_kernel.core.chinese import said_in
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model import names
from nslab_kernel.core.model.network import HOST, Address, Bridge, Interface, Namespace, Network
from nslab_kernel.core.model.subnets import AddressBook
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.actions import AddNamespace
from nslab_kernel.jupyter.outcome import INTERRUPTED
from nslab_kernel.jupyter.parsing import seconds, variable
from nslab_kernel.jupyter.running import failure
from nslab_kernel.linux import refusals
from nslab_kernel.linux.netlink import apply
from nslab_kernel.linux.netlink.socket import ActionError
from nslab_kernel.linux.processes import Result

HAN = re.compile(r"[一-鿿]")
ENGLISH = re.compile(r"\b(?:the|is|are|has|can't|doesn't|isn't|already|choose|write|there|it)\b", re.IGNORECASE)
COMMAND = re.compile(r"`[^`]*`|nslab lab <v\d+>")
# What the values of a sentence make of it: those are made for real below, or are a system's own words.
MADE_OF_VALUES = re.compile(
    r"(<v\d+>|\.|:| )+|<v\d+> name <v\d+>\.|<v\d+> is <v\d+>(\.|, so no .*)"
    r"|\"<v\d+>\" is <v\d+>, not a bridge\.|<v\d+> is the address of <v\d+> already\."
    r"|<v\d+> lies in <v\d+>, which <v\d+> of <v\d+>\."
)


def _texts(node: ast.expr) -> Iterator[str]:
    """What an expression in the source may say, with ``<vN>`` for each value."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else f"<v{at}>" for at, part in enumerate(parts)
            )
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one)
            yield from _texts(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _texts(value)


HOUSE = Path(nslab_kernel.__file__).parent


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    """The whole source, but for the Chinese."""
    for path in sorted(HOUSE.rglob("*.py")):
        if path.parent != Path(chinese.__file__).parent:
            for node in ast.walk(ast.parse(path.read_text())):
                yield str(path.relative_to(HOUSE)), node


def _given_to(function: str) -> Iterator[tuple[str, str]]:
    """Every sentence that stands in the source as an argument of a function, and where."""
    for place, node in _nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            for argument in node.args:
                for text in _texts(argument):
                    if not COMMAND.fullmatch(text) and not MADE_OF_VALUES.fullmatch(text):
                        yield f"{place}:{node.lineno}", text


RAISED = list(_given_to("NslabError"))


def in_chinese(text: str) -> str:
    """The Chinese of a text, in which no English is left and no value and no command is lost."""
    said = said_in("zh", text)
    assert said != text, f"nobody has put this into Chinese: {text}"
    assert HAN.search(said)
    plain = said.replace(parse.listed_forms("zh"), "")  # claims themselves are English
    assert not ENGLISH.search(re.sub(r"`[^`]*`|“[^”]*”", "", plain)), said
    for kept in (r"<v\d+>", r"`[^`]*`"):
        assert sorted(re.findall(kept, said)) == sorted(re.findall(kept, text)), said
    return said


@pytest.mark.parametrize(("place", "text"), RAISED, ids=[f"{place} {text[:30]}" for place, text in RAISED])
def test_what_the_source_raises_has_its_chinese(place: str, text: str) -> None:
    in_chinese(text)


def test_the_source_was_read() -> None:
    assert len(RAISED) > 200


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
        said = str(error)
        return NslabError(f"{said[:1].upper()}{said[1:]}.", "The form is `%netns_nat bridge`.")
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
    "nowhere to lead": lambda: NslabError("\"\" doesn't say where port 80 is to lead."),
    "no claims": lambda: error_of(lambda: parse.parse("")),
    "no claim": lambda: error_of(lambda: parse.parse("ns1 likes ns2")),
    "almost a claim": lambda: error_of(lambda: parse.parse("ns1 can pin 172.16.1.2")),
    "nothing like a claim": lambda: error_of(lambda: parse.parse("?")),
    **{errno.errorcode[number]: lambda number=number: refused(number) for number in (*apply._CURES, errno.EIO)},
    "not taken back": lambda: refused(errno.EIO, ActionError(AddNamespace("ns2"), OSError(errno.EIO, "No luck"))),
    "arguments missing": lambda: NslabError("The following arguments are required: bridge, namespace."),
    "arguments too many": lambda: NslabError("Unrecognized arguments: a b."),
    "a value missing": lambda: asked("br0", "--tcp"),
    "no number": lambda: asked("br0", "--tcp", "x"),
    "no time": lambda: asked("br0", "--timeout", "0"),
    "no variable": lambda: asked("br0", "--out", "a-b"),
    "no choice": lambda: asked("br0", "perhaps"),
    "a value too many": lambda: asked("br0", "--off=1"),
    "two options": lambda: NslabError("Ambiguous option: --t=1 could match --tcp, --timeout."),
    "an open quotation": lambda: NslabError("No closing quotation.", "Close the quotation mark."),
    "an escape of nothing": lambda: NslabError("No escaped character.", "Close the quotation mark."),
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


def _steps() -> Iterator[str]:
    """What is said of how a command or a step went."""
    for result in (Result(1, "", ""), Result(-9, "", ""), Result(0, "", "", timed_out=True)):
        yield failure("ns1", "true", result, 2.0).message
    yield failure("ns1", "ping 10.0.0.2", Result(1, "", ""), None).hint
    yield failure("ns1", "nmap", Result(127, "", "nmap: command not found"), None).hint
    yield from (INTERRUPTED.reason, INTERRUPTED.cure)
    yield from ("The picture follows each cell.", "The picture does not follow each cell.")
    yield from (text for _, text in _given_to("worded"))


def test_how_a_step_went_has_its_chinese() -> None:
    for text in _steps():
        in_chinese(text)


def test_values_that_are_words_are_chinese_too() -> None:
    said = said_in("zh", "ns1 has a route to default already, via its own link.")
    assert said == "ns1 已经有到 default 的路由，经过它自己的链路。"


def test_all_together_or_nothing() -> None:
    assert said_in("zh", "The interface is tired.") == "The interface is tired."
    assert said_in("zh", "Choose another subnet. The interface is tired.").endswith("The interface is tired.")
    assert said_in("en", "Choose another subnet.") == "Choose another subnet."


def test_an_error_is_told_in_the_front_ends_language(monkeypatch: pytest.MonkeyPatch) -> None:
    error = error_of(lambda: plans.find_namespace(host(), "ns11"))
    assert str(error) == 'There is no namespace "ns11".\nDid you mean ns1? `%netns` lists them.'
    monkeypatch.setattr(NslabError, "language", "zh")
    assert str(error) == "没有叫“ns11”的命名空间。\n是不是想写 ns1？`%netns` 会列出它们。"
    assert error._render_traceback_() == str(error).splitlines()
    assert error.message == 'There is no namespace "ns11".'


def test_no_chinese_is_left_of_a_sentence_that_nobody_says() -> None:
    everything = [
        text.strip() for _, node in _nodes() if isinstance(node, (ast.Constant, ast.JoinedStr)) for text in _texts(node)
    ]
    for make in MADE.values():
        error = make()
        everything += [part for part in (error.message, error.cure) if part]
    unused = [
        sentence.alone.pattern
        for sentence in chinese._sentences()
        if not any(sentence.alone.fullmatch(text) or sentence.first.fullmatch(text) for text in everything)
    ]
    assert not unused, "\n".join(unused)
