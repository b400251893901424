#!/usr/bin/env python3
"""Holds what deploy/ hands to users against the tools that will read it, and against the program:
run.py --program FORGEHOUSE --simulator FORGEHOUSE-SIM [CASE…]. README.md says what each case proves.

A case whose tools cannot be had is skipped (../runner.py).
"""

import argparse
import os
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
# The simulator and the program as tests see them.
sys.path[1:1] = [str(HERE.parent / "e2e" / "bitbucket_server"), str(HERE.parent)]
import dashboard
import image
import manifests
import metrics
import units
from program import Failed
from runner import run_all

CASES = {
    "units": units.verify,
    "alerts": metrics.alerts,
    "dashboard": dashboard.verify,
    "manifests": manifests.verify,
    "image": image.verify,
}


class Bench:
    """What a case may use: the programs, what is deployed, and a folder that is removed afterwards."""

    def __init__(self, options, folder):
        self.program, self.simulator = options.program, options.simulator
        self.deploy, self.folder = options.deploy, pathlib.Path(folder)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="one of: " + ", ".join(CASES))
    parser.add_argument("--program", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--deploy", default=HERE.parents[1] / "deploy", help="the folder to look at")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no case '{unknown[0]}'; there are: {', '.join(CASES)}")
    options.program, options.simulator = map(os.path.abspath, (options.program, options.simulator))
    options.deploy = pathlib.Path(options.deploy).resolve()
    return options


def main():
    options = arguments()
    return run_all(options.cases or CASES, lambda name, folder: CASES[name](Bench(options, folder)), Failed)


if __name__ == "__main__":
    sys.exit(main())
