"""Histories to measure on: generated ones, the same for the same numbers, by git fast-import."""

import os
import subprocess

from harness import Failed, clean_environment

EPOCH = 1_500_000_000
FILES = 400


def _commit(i, mark, parent, lines):
    """One commit that rewrites one file, and every tenth time a second one."""
    paths = [f"src/part{i % 7}/file{(i * 31) % FILES}.cpp"]
    if i % 10 == 0:
        paths.append(f"docs/page{i % 53}.md")
    message = f"change {i}: touch {paths[0]}\n\nWhat the commit does stands here."
    author = f"Author {i % 97} <author{i % 97}@example.org> {EPOCH + i * 600} +0{i % 10}00"
    out = [f"commit refs/heads/main\nmark :{mark}\nauthor {author}\ncommitter {author}\ndata {len(message)}\n{message}\n"]
    if parent:
        out.append(f"from {parent}\n")
    for path in paths:
        text = "".join(f"line {n} of version {i if n % 13 == i % 13 else i // 50}\n" for n in range(lines))
        out.append(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n")
    return "".join(out)


def _import(folder, commits, first, parent, lines):
    with subprocess.Popen(["git", "fast-import", "--quiet", "--force"], cwd=folder, stdin=subprocess.PIPE, env=clean_environment()) as git:
        for i in range(commits):
            git.stdin.write(_commit(first + i, i + 1, parent if i == 0 else None, lines).encode())
        git.stdin.close()
        if git.wait() != 0:
            raise Failed("git fast-import failed")


def generate(folder, commits, lines=40):
    """A bare repository of `commits` commits in `folder`; kept when it is there already."""
    done = os.path.join(folder, "generated")
    wanted = f"{commits} {lines} v1\n"
    if os.path.isfile(done) and open(done, encoding="ascii").read() == wanted:
        return folder
    os.makedirs(folder, exist_ok=True)
    subprocess.check_call(["git", "init", "-q", "--bare", "--initial-branch=main", folder], env=clean_environment())
    _import(folder, commits, 0, None, lines)
    with open(done, "w", encoding="ascii") as file:
        file.write(wanted)
    return folder


def extend(folder, commits, first, lines=40):
    """Puts `commits` more on top of main."""
    _import(folder, commits, first, "refs/heads/main^0", lines)
