#!/usr/bin/env python3
"""Holds what deploy/ hands to users against the tools that will read it, and against the program:
run.py --program FORGEHOUSE --simulator FORGEHOUSE-SIM [CASE…]. README.md says what each case proves.

A case whose tools cannot be had says `NAME: skipped, why`, and that is no failure: the exit code is 0,
1 where a case failed, and 77, which ctest knows, where none could run.
"""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
# The simulator and the program as tests see them.
sys.path.insert(1, str(HERE.parent / "e2e" / "bitbucket_server"))
import dashboard
import image
import manifests
import metrics
import units
from fetched import Skipped
from program import Failed

NONE_RAN = 77
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


def run(name, options):
    """True: it holds, False: it does not, None: it could not be tried here."""
    folder = tempfile.mkdtemp(prefix="forgehouse-deploy-")
    begin = time.monotonic()
    try:
        CASES[name](Bench(options, folder))
        print(f"{name}: ok, {time.monotonic() - begin:.1f} s", flush=True)
        return True
    except Skipped as reason:
        print(f"{name}: skipped, {reason}", flush=True)
        return None
    except Failed as failure:
        print(f"{name}: FAILED after {time.monotonic() - begin:.1f} s\n{failure}", flush=True)
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    options = arguments()
    passed = [run(name, options) for name in options.cases or CASES]
    if False in passed:
        return 1
    return 0 if True in passed else NONE_RAN


if __name__ == "__main__":
    sys.exit(main())
