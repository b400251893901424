#!/usr/bin/env python3
"""The whole program against a simulated Bitbucket Server whose every row is known beforehand:
run.py --program FORGEHOUSE --simulator FORGEHOUSE-SIM [CASE…]. Cases stand in cases*.py.

The seed is printed: the same seed makes the same organisation and the same changes.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import cases
import cases_tls
import cases_upkeep
from program import Failed

CASES = {**cases.CASES, **cases_tls.CASES, **cases_upkeep.CASES}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="one of: " + ", ".join(CASES))
    parser.add_argument("--program", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--org", default="7,12", help="seed and number of repositories (default 7,12)")
    parser.add_argument("--rounds", type=int, default=10, help="of change in the case `incremental`")
    parser.add_argument("--kills", type=int, default=8, help="in the case `kills`")
    parser.add_argument("--seed", type=int, default=1000, help="of the changes")
    parser.add_argument("--keep", action="store_true", help="leave the folder of a case that fails")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no case '{unknown[0]}'; there are: {', '.join(CASES)}")
    options.program, options.simulator = map(os.path.abspath, (options.program, options.simulator))
    return options


def run(name, options):
    folder = tempfile.mkdtemp(prefix="forgehouse-bitbucket-")
    bench = cases.Bench(options, folder)
    begin = time.monotonic()
    try:
        CASES[name](bench)
        print(f"{name}: ok, {time.monotonic() - begin:.1f} s", flush=True)
        return True
    except Failed as failure:
        print(f"{name}: FAILED after {time.monotonic() - begin:.1f} s (seed {options.seed})\n{failure}", flush=True)
        if options.keep:
            print(f"its folder: {folder}")
        return False
    finally:
        bench.close()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    options = arguments()
    print(f"organisation {options.org}, seed {options.seed}", flush=True)
    passed = [run(name, options) for name in options.cases or CASES]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
