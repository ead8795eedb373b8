"""Judge the diagnosis by the networks of the corpus, and print a table by kind.

nslab run -- python -m tests.corpus [WORD...]         networks whose kind and name contain the words; all without any
nslab run -- python -m tests.corpus --random N SEED   N random networks: the corpus' kinds put into each other
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from nslab_kernel.lab import Lab

from .catalogue import Case, cases
from .generating import random_case
from .judging import judge

_COLUMNS = (
    "questions",
    "right",
    "false arrives",
    "false stops",
    "untold",
    "crashed",
    "no fix",
    "fixes",
    "through",
    "harmful",
)


def main(words: list[str]) -> None:
    """Judge network after network, saying at once what is wrong."""
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    lab = Lab("en")
    for case in _wanted(words):
        if case.missing:
            print(f"-- {case.id}: needs {case.missing}", flush=True)
            tables[case.kind]["not built"] += 1
            continue
        try:
            answers, fixes = judge(lab, case)
        except Exception as error:  # a network that can't be built here is no verdict about the diagnosis
            print(f"!! {case.id}: {error!r}", flush=True)
            tables[case.kind]["not built"] += 1
            continue
        print(f"== {case.id}", flush=True)
        table = tables[case.kind]
        table["networks"] += 1
        for answer in answers:
            table["questions"] += 1
            table[answer.outcome] += 1
            if answer.outcome != "right":
                print(f"   {answer}", flush=True)
        for fix in fixes:
            if not fix.commands:
                table["no fix"] += 1
                continue
            table["fixes"] += 1
            table["through"] += bool(fix.typed)
            table["harmful"] += bool(fix.harmed)
            if not fix.typed or fix.harmed:
                print(f"   {fix}", flush=True)
    _print(tables)


def _wanted(words: list[str]) -> list[Case]:
    if words[:1] == ["--random"]:
        return [random_case(f"{words[2]}/{number}") for number in range(int(words[1]))]
    return cases(*words)


def _print(tables: dict[str, Counter[str]]) -> None:
    heads = ("networks", "not built", *_COLUMNS)
    print("\n" + "kind".ljust(12) + "".join(head.rjust(15) for head in heads))
    whole: Counter[str] = Counter()
    for kind, table in tables.items():
        whole += table
        print(kind.ljust(12) + "".join(str(table[head]).rjust(15) for head in heads))
    print("all".ljust(12) + "".join(str(whole[head]).rjust(15) for head in heads))


if __name__ == "__main__":
    main(sys.argv[1:])
