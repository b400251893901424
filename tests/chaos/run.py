#!/usr/bin/env python3
"""Everything goes wrong, and the rows are the same: run.py --program FORGEHOUSE --simulator FORGEHOUSE-SIM.

An episode is a server and a data directory of its own. It is collected a few times while the server
changes, misbehaves, and something worse happens each time (hazards.py); then once undisturbed. After
that the tables must be the truth, and in some episodes a replay of the archive must be it too.

The seed is printed; `--seed S --only N` goes through episode N again with the same choices.
"""

import argparse
import collections
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "bitbucket_server"))
import hazards
from episode import Episode
from program import Failed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--episodes", type=int, default=0, help="how many; 0: as many as the runs need")
    parser.add_argument("--runs", type=int, default=30, help="disturbed runs in all, where --episodes says nothing")
    parser.add_argument("--only", type=int, help="this episode alone")
    parser.add_argument("--size", type=int, default=5, help="repositories of a server")
    parser.add_argument("--hazards", help="only these, by name: " + ", ".join(hazards.ALL))
    parser.add_argument("--keep", action="store_true", help="leave the folder of an episode that fails")
    options = parser.parse_args()
    options.program, options.simulator = map(os.path.abspath, (options.program, options.simulator))
    names = options.hazards.split(",") if options.hazards else list(hazards.ALL)
    unknown = [name for name in names if name not in hazards.ALL]
    if unknown:
        parser.error(f"no hazard '{unknown[0]}'; there are: {', '.join(hazards.ALL)}")
    options.possible = []
    for name in names:
        why = hazards.ALL[name].impossible()
        if why:
            print(f"hazard {name}: skipped, {why}", flush=True)
        else:
            options.possible.append(name)
    return options


def go(options, number, met):
    folder = tempfile.mkdtemp(prefix="forgehouse-chaos-")
    begin = time.monotonic()
    episode = None
    try:
        episode = Episode(options, number, folder)
        for hazard in episode.hazards:
            met[hazard] += 1
        episode.go()
        print(f"episode {number}: ok, {time.monotonic() - begin:.1f} s: {episode.story()}", flush=True)
        return True
    except Failed as failure:
        story = episode.story() if episode else "did not begin"
        print(f"episode {number}: FAILED (--seed {options.seed} --only {number}): {story}\n{failure}", flush=True)
        if options.keep:
            print(f"its folder: {folder}")
        return False
    finally:
        if episode:
            episode.close()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    options = arguments()
    if not options.possible:
        print("no hazard is possible here", file=sys.stderr)
        return 1
    print(f"seed {options.seed}, {', '.join(options.possible)}", flush=True)
    met, failed, number = collections.Counter(), 0, 0
    while True:
        number += 1
        if options.only is not None and number > 1:
            break
        if options.only is None and (number > options.episodes if options.episodes else met.total() >= options.runs):
            break
        failed += not go(options, number if options.only is None else options.only, met)
    said = ", ".join(f"{count} {name}" for name, count in sorted(met.items()))
    print(f"{met.total()} disturbed runs in {number - 1} episodes: {said}; {failed} episodes failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
