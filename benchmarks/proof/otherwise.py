"""Random labs of kinds that no magic makes: the corpus' networks put into each other, in plain commands."""

from __future__ import annotations

from typing import Any

from nslab_kernel.lab import Lab
from tests.corpus.generating import random_case
from tests.corpus.judging import judge


def prove_otherwise(lab: Lab, seed: str) -> dict[str, Any]:
    """Make the network of a seed, hold the diagnosis and its fixes against the kernel, and return what came of it."""
    case = random_case(seed)
    answers, fixes = judge(lab, case)
    offered = [fix for fix in fixes if fix.commands]
    odd = [str(one) for one in answers if one.outcome != "right"]
    odd += [str(fix) for fix in offered if fix.harmed or not fix.typed]
    return {
        "seed": seed,
        "kind": case.kind,
        "otherwise": True,
        "answers": len(answers),
        "arrived": sum(one.arrived for one in answers),
        "untold": sum(one.outcome == "untold" for one in answers),
        "wrong": sum(one.outcome not in ("right", "untold") for one in answers),
        "fixes": len(offered),
        "through": sum(bool(fix.typed) for fix in offered),
        "harmful": sum(bool(fix.harmed) for fix in offered),
        "told": "\n\n".join([*odd, case.commands]) if odd else "",
    }
