"""Where the environment asks for Chinese, what goes wrong is told in Chinese; commands and the kernel's words stay."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from .conftest import Notebook
from .test_help import KEEP, NAMES

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def language() -> str:
    return "zh"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%netns_attach br9 ns1 10.0.0.1/24", "没有叫“br9”的网桥。\n是不是想写 br0？`%netns_bridge br9` 会造出它。"),
        (
            "%netns_attach br0 ns1 10.0.0.1",
            "10.0.0.1 没有前缀长度，看不出哪一部分是网络。\n请写成 10.0.0.1/16 这样。",
        ),
        (
            "%netns_attach br0",
            "缺少参数：namespace, address。\n格式是 `%netns_attach bridge namespace [address ...]`。",
        ),
        ("%netns host ping -c 1 -W 1 10.0.0.9", "命令结束，退出状态是 1。\n`%netns_why host 10.0.0.9` 会说明原因。"),
        ("%netns_check", "没有可以检查的东西：没有弄坏过什么，也没有写断言。"),
    ],
)
def test_an_error(notebook: Notebook, line: str, said: str) -> None:
    notebook.run("%netns_bridge br0 10.0.0.254/24")
    cell = notebook.run(line)
    assert cell.failed
    assert said in cell.error


def test_help_of_every_magic(notebook: Notebook) -> None:
    names = json.loads(notebook.run(NAMES).printed)[0]
    assert len(names) > 15
    notebook.run(KEEP)
    for name in names:
        notebook.run(f"shown.clear()\n%{name}?")
        told = json.loads(notebook.run("import json; print(json.dumps(shown))").printed)[0]
        assert HAN.search(told), told
        # Commands stay, and so do the examples of claims, each beside its meaning.
        prose = re.sub(r"``[^`]*``|`[^`]*`|^ {2,}[%!-].*$|^  .*[\u4e00-\u9fff].*$", "", told, flags=re.MULTILINE)
        english = re.findall(r"(?:\b[a-z]{2,} ){3,}", prose)
        assert english == [], (name, english)


def test_an_error_of_a_python_call(notebook: Notebook) -> None:
    cell = notebook.run("from nslab_kernel import Lab\nLab().publish(80, 'host', 80)")
    assert cell.error == "主机自己的端口不需要发布。\n请写一个命名空间，例如 `ns1:8080`。"


def test_a_lesson_as_text(notebook: Notebook, tmp_path: Path) -> None:
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("!exit 3")])
    lesson.metadata["kernelspec"] = {"name": "nslab", "display_name": "nslab", "language": "python"}
    nbformat.write(lesson, tmp_path / "lesson.ipynb")
    notebook.run(f"%netns_play {tmp_path}/lesson.ipynb --text")
    assert "最后一条命令结束，退出状态是 3。" in notebook.run("%netns_play --next").printed
