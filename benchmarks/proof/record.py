"""What came of a lab as plain values, which travel from the worker that made it to the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .asking import Answer
from .proving import Proof

NO_FAULT, SEVERAL = "(no fault)", "(2 or 3 faults)"
_OTHERWISE = ("answers", "arrived", "untold", "wrong", "fixes", "through", "harmful")


def record(proof: Proof) -> dict[str, Any]:
    """A proof, ready for JSON; what went wrong in full, with the commands that make the lab again."""
    wrong = [_told(answer) for answer in proof.disagreements]
    named = proof.named
    if named and not (named.first and named.cured == 1):
        how = f"named first: {named.first}; cures until it arrived: {named.cured or 'it did not'}"
        wrong.append(f"{named.fault.kind} at {named.fault.place}: {how}\n{_told(named.answer)}")
    return {
        "seed": proof.seed,
        "kind": _kind(proof),
        "answers": len(proof.answers),
        "arrived": sum(answer.arrived for answer in proof.answers),
        "untold": sum(answer.diagnosis.arrives is None for answer in proof.answers),
        "wrong": sum(not a.agrees and a.diagnosis.arrives is not None for a in proof.answers),
        "named": named is not None,
        "first": bool(named and named.first),
        "cured": named.cured if named else 0,
        "told": "\n\n".join([*wrong, *proof.script]) if wrong else "",
    }


def _kind(proof: Proof) -> str:
    if not proof.faults:
        return NO_FAULT
    return proof.faults[0].kind if len(proof.faults) == 1 else SEVERAL


def _told(answer: Answer) -> str:
    real = "arrived" if answer.arrived else "did not arrive"
    return f"{answer.question}: the real packet {real}\n{answer.diagnosis}"


@dataclass
class Tally:
    """The sums of many records."""

    labs: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Counter[str]] = field(default_factory=dict)
    otherwise: dict[str, Counter[str]] = field(default_factory=dict)  # of labs that no magic makes
    right: int = 0  # labs without a wrong verdict
    whole: int = 0  # labs in which nothing was left open, either

    def add(self, one: dict[str, Any]) -> None:
        """Count one record."""
        kind = one["kind"]
        self.right += not one["wrong"]
        self.whole += not (one["untold"] or one["wrong"])
        if one.get("otherwise"):
            self.otherwise.setdefault(kind, Counter(labs=0)).update(
                {"labs": 1, **{key: one[key] for key in _OTHERWISE}}
            )
            return
        self.labs[kind] += 1
        counts = self.sums.setdefault(kind, Counter())
        for key in ("answers", "arrived", "untold", "wrong", "named", "first"):
            counts[key] += int(one[key])
        counts["cured"] += one["cured"] == 1
        counts["cured later"] += one["cured"] > 0

    @property
    def count(self) -> int:
        """How many labs there were."""
        return sum(self.labs.values()) + self.of_others("labs")

    def total(self, key: str) -> int:
        """The sum over all kinds of faults."""
        return sum(counts[key] for counts in self.sums.values())

    def of_others(self, key: str) -> int:
        """The sum over all labs that no magic makes."""
        return sum(counts[key] for counts in self.otherwise.values())

    def table(self) -> str:
        """Kind of fault against verdict, in Markdown."""
        head = ("fault put in", "labs", "questions", "arrived", "agreed", "can't tell", "wrong")
        head += ("asked of its victim", "named first", "fixed by the first fix", "by all listed")
        lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
        lines += [self._row(kind, self.labs[kind], self.sums[kind]) for kind in sorted(self.labs)]
        everything = Counter({key: self.total(key) for counts in self.sums.values() for key in counts})
        return "\n".join([*lines, self._row("**all**", sum(self.labs.values()), everything)])

    def other_table(self) -> str:
        """What labs that no magic makes have, against verdict and fixes, in Markdown."""
        head = ("what is rarest in it", "labs", "questions", "arrived", "agreed", "can't tell", "wrong")
        head += ("fixes", "let the packet through", "harmful")
        lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
        every = {**self.otherwise, "**all**": sum(self.otherwise.values(), Counter())}
        for kind, counts in every.items():
            agreed = counts["answers"] - counts["untold"] - counts["wrong"]
            numbers = [counts["labs"], counts["answers"], counts["arrived"], agreed, counts["untold"], counts["wrong"]]
            numbers += [counts["fixes"], counts["through"], counts["harmful"]]
            lines.append(f"| {kind} | " + " | ".join(map(str, numbers)) + " |")
        return "\n".join(lines)

    def summary(self) -> str:
        """The shares that have targets."""
        answers, named = self.total("answers"), self.total("named")
        agreed = answers - self.total("untold") - self.total("wrong")
        others = self.of_others("answers")
        other_agreed = others - self.of_others("untold") - self.of_others("wrong")
        return "\n".join(
            (
                _share("the verdict agrees with the kernel", agreed, answers, 99.5),
                _share("the same, in labs that no magic makes", other_agreed, others, 98.0),
                _share("a fix there lets the packet through", self.of_others("through"), self.of_others("fixes"), 98.0),
                f"labs without a wrong verdict: {self.right} of {self.count}; and without an open one: {self.whole}",
                _share("a single fault is the first cause named", self.total("first"), named, 99.0),
                _share("what it tells to do makes the real ping work", self.total("cured later"), named, 98.0),
                _share("the first fix alone does", self.total("cured"), named, 98.0),
            )
        )

    def _row(self, kind: str, labs: int, counts: Counter[str]) -> str:
        agreed = counts["answers"] - counts["untold"] - counts["wrong"]
        numbers = [labs, counts["answers"], counts["arrived"], agreed, counts["untold"], counts["wrong"]]
        numbers += [counts["named"], counts["first"], counts["cured"], counts["cured later"]]
        return f"| {kind} | " + " | ".join(map(str, numbers)) + " |"


def _share(what: str, part: int, whole: int, target: float) -> str:
    share = 100 * part / whole if whole else 100.0
    return f"{what}: {part} of {whole} ({share:.2f} %; target {target} %{'' if share >= target else ', missed'})"
