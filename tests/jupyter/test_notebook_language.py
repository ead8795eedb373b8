"""The language is the notebook's: a Chinese lesson answers in Chinese in any front end, on any machine."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from nslab_kernel.jupyter.lesson_file import notebook_language


def notebook(path: Path, language: str | None, *sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    made.metadata.kernelspec = {"name": "nslab", "display_name": "nslab", "language": "python"}
    if language:
        made.metadata.nslab = {"language": language}
    nbformat.write(made, path)
    return made


@pytest.mark.parametrize("language", ["en", "zh", None])
def test_the_notebook_that_the_front_end_names_decides(language, tmp_path, monkeypatch) -> None:
    notebook(tmp_path / "other.ipynb", "zh")
    notebook(tmp_path / "own.ipynb", language)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "own.ipynb"))
    assert notebook_language() == language


@pytest.mark.parametrize(
    ("languages", "said"),
    [(["zh", "zh"], "zh"), (["en"], "en"), (["en", "zh"], None), (["zh", None], None), ([], None)],
)
def test_without_a_name_all_notebooks_of_the_folder_do(languages, said, tmp_path, monkeypatch) -> None:
    for number, language in enumerate(languages):
        notebook(tmp_path / f"{number}.ipynb", language)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_language() == said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"metadata": []}', '{"metadata": {"nslab": {"language": "xx"}}}'])
def test_a_notebook_that_says_nothing_of_the_kind_decides_nothing(content: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "own.ipynb").write_text(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_language() is None


@pytest.mark.parametrize(
    ("language", "check", "ping"),
    [("zh", "没有命名空间 ns1", "发 4 个包就停"), ("en", "no namespace ns1", "stops after 4")],
)
def test_magics_and_commands_answer_in_it_whatever_the_machine_speaks(
    language, check, ping, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8" if language == "zh" else "zh_CN.UTF-8")
    monkeypatch.delenv("NSLAB_LANG", raising=False)
    made = notebook(
        tmp_path / "lesson.ipynb", language, "%%netns_check\nns1 exists\nns1 has 10.0.0.1/8", "!ping 127.0.0.1"
    )
    NotebookClient(made, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = json.dumps(made.cells, ensure_ascii=False)
    assert check in said
    assert ping in said
