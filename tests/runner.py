"""Runs cases whose tools may be missing: each says `NAME: ok`, `NAME: skipped, why` or what failed.

A skipped case is no failure: the exit code is 0, 1 where a case failed, and 77, which ctest knows, where
none could run.
"""

import tempfile
import time

NONE_RAN = 77


class Skipped(Exception):
    """Why a case cannot run here."""


def outcome(name, body, failures):
    """True: it holds, False: it does not, None: it could not be tried here."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"forgehouse-{name}-", ignore_cleanup_errors=True) as folder:
        try:
            body(name, folder)
            print(f"{name}: ok, {time.monotonic() - begin:.1f} s", flush=True)
            return True
        except Skipped as reason:
            print(f"{name}: skipped, {reason}", flush=True)
            return None
        except failures as failure:
            print(f"{name}: FAILED after {time.monotonic() - begin:.1f} s\n{failure}", flush=True)
            return False


def run_all(names, body, failures):
    """`body(name, folder)` for each, in a folder that is removed afterwards; the exit code."""
    passed = [outcome(name, body, failures) for name in names]
    if False in passed:
        return 1
    return 0 if True in passed else NONE_RAN
