#!/usr/bin/env python3
"""Lets the disk run full while a history is collected, with more room each time, and then makes
room: each time a clear message, and nothing lost in the end: disk_full_test --program FORGEHOUSE.

Needs root for a small file system of its own; leaves with 77, which is counted as skipped, without.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

SIZE_MB = 64
COMMITS = 400


def fail(message):
    print(f"disk_full_test: {message}", file=sys.stderr)
    sys.exit(1)


def make_history(folder):
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)
    stream = []
    for number in range(1, COMMITS + 1):
        message = os.urandom(3000).hex()
        stream.append(f"commit refs/heads/main\nmark :{number}\ncommitter A <a@b> {1600000000 + number} +0000\n")
        stream.append(f"data {len(message)}\n{message}\nM 100644 inline f\ndata {len(str(number))}\n{number}\n\n")
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input="".join(stream).encode(), check=True)


def free_kb(folder):
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize // 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    folder = tempfile.mkdtemp(prefix="forgehouse-full-")
    disk, history = os.path.join(folder, "disk"), os.path.join(folder, "project.git")
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=700", "none", disk]).returncode:
        os.rmdir(disk)
        os.rmdir(folder)
        print("disk_full_test: SKIPPED: it needs root, to mount a small file system", file=sys.stderr)
        sys.exit(77)
    environment = dict(os.environ, FORGEHOUSE_DATA=os.path.join(disk, "data"))

    def run(*arguments):
        return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=600)

    try:
        make_history(history)
        if run("init").returncode != 0:
            fail("init failed on an empty disk")
        ballast, refused = os.path.join(disk, "ballast"), 0
        for room in (100, 400, 1200, 2500, 4000):
            with open(ballast, "wb") as file:
                file.write(b"x" * 1024 * max(0, free_kb(disk) - room))
            done = run("collect", history)
            os.remove(ballast)
            if done.returncode == 0:
                continue
            refused += 1
            if done.returncode not in (1, 3) or "space" not in done.stderr and "disk is full" not in done.stderr:
                fail(f"with {room} KB left it ended with {done.returncode}: {done.stderr}")
        if refused == 0:
            fail("the disk never was full")
        done = run("collect", history)
        if done.returncode != 0:
            fail(f"with room again it ended with {done.returncode}: {done.stderr}")
        count = run("query", "SELECT count(), uniqExact(commit_hash), sum(length(message)) FROM git_commits").stdout
        if count.split() != [str(COMMITS), str(COMMITS), str(COMMITS * 6000)]:
            fail(f"stored in the end: {count}")
        print(f"disk_full_test: refused {refused} times, whole in the end")
    finally:
        try:
            with open(os.path.join(disk, "data", "engine.lock")) as lock:
                os.kill(int(lock.readline()), 9)
        except (OSError, ValueError):
            pass
        subprocess.run(["umount", "-l", disk])
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
