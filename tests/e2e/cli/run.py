#!/usr/bin/env python3
"""Runs the cases of the command line against the real program.

usage: run.py --program build/dev/forgehouse [--jobs N] [--junit FILE] [CASE…]

Each case has a home, a working directory and a data directory of its own, so all may run at once.
README.md says how a case is written. UPDATE_GOLDEN=1 rewrites the expectations of failing steps.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.sax.saxutils

HERE = pathlib.Path(__file__).resolve().parent
STEP_SECONDS = 120
MOST_OUTPUT = 4 << 20


class Step:
    def __init__(self, command, line, width):
        self.command, self.line, self.width = command, line, width
        self.out, self.err, self.code = [], [], 0
        self.wants_err = False
        self.last = line  # line of the file after which the expectations end


class Case:
    """A file of steps and their expectations."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.needs, self.steps = [], []
        width = 0
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("# needs "):
                self.needs += line[8:].split()
            elif line.startswith("#") or not line.strip():
                continue
            elif line.startswith("terminal "):
                width = int(line[9:])
            elif line.startswith("$ "):
                self.steps.append(Step(line[2:], number, width))
            elif line.startswith("\\ "):
                self.steps[-1].command += "\n" + line[2:]
            elif line.startswith("> ") or line == ">":
                self.steps[-1].out.append(line[2:])
            elif line.startswith("2> ") or line == "2>":
                self.steps[-1].err.append(line[3:])
                self.steps[-1].wants_err = True
            elif line.startswith("? "):
                self.steps[-1].code = int(line[2:])
            else:
                raise SystemExit(f"{path}:{number}: cannot read {line!r}; see README.md")
            if self.steps:
                self.steps[-1].last = number


def line_pattern(expected):
    return re.compile(".*".join(re.escape(part) for part in expected.split("<*>")))


def matches(expected, got):
    """Whether the lines fit: `<*>` is any text within a line, a line `...` any number of lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[skip:]) for skip in range(len(got) + 1))
    return bool(got) and line_pattern(expected[0]).fullmatch(got[0]) is not None \
        and matches(expected[1:], got[1:])


def on_terminal(command, environment, folder, width):
    """Runs the command with a terminal of that width as all three streams."""
    import fcntl
    import pty
    import struct
    import termios
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        os.chdir(folder)
        os.execvpe("bash", ["bash", "-c", command], environment)
    output, end = b"", time.monotonic() + STEP_SECONDS
    while time.monotonic() < end and len(output) < MOST_OUTPUT:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        output += part
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(master)
    _, status = os.waitpid(pid, 0)
    return output.replace(b"\r\n", b"\n"), b"", os.waitstatus_to_exitcode(status)


def run_step(step, environment, folder):
    if step.width:
        return on_terminal(step.command, {**environment, "TERM": "xterm-256color"}, folder,
                           step.width)
    child = subprocess.Popen(["bash", "-c", step.command], env=environment, cwd=folder,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = child.communicate(timeout=STEP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        err += f"\nkilled after {STEP_SECONDS} s".encode()
    return out[:MOST_OUTPUT], err[:MOST_OUTPUT], child.returncode


def shown(text, folder):
    """Output as the case writes it: its own folder is /case, escapes are visible."""
    text = text.decode("utf-8", "backslashreplace").replace(str(folder), "/case")
    text = text.replace("\x1b", "\\e").replace("\r", "\\r")
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []


def simulator_of(program):
    return pathlib.Path(program).parent / "tests" / "sim" / "forgehouse-sim"


def environment_for(folder, program):
    (folder / "bin").mkdir()
    (folder / "bin" / "forgehouse").symlink_to(program)
    if simulator_of(program).exists():
        (folder / "bin" / "forgehouse-sim").symlink_to(simulator_of(program))
    for name in ("home", "work", "run"):
        (folder / name).mkdir(mode=0o700)
    environment = {
        "HOME": str(folder / "home"),
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "TMPDIR": str(folder / "run"),
        "LANG": "C.UTF-8",
        "CASE": str(folder),
        "FORGEHOUSE_ENGINE_IDLE": "5s",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "2024-02-29T12:00:00Z", "GIT_COMMITTER_DATE": "2024-02-29T12:00:00Z",
        "SOURCE": str(HERE.parents[2]),
        "LIB": str(HERE / "lib.sh"),
        "BASH_ENV": str(HERE / "lib.sh"),
    }
    # Where the libraries of a developer lie, which the home of the case hides.
    cache = os.environ.get("XDG_CACHE_HOME") or str(pathlib.Path.home() / ".cache")
    environment["XDG_CACHE_HOME"] = cache
    for name in ("FORGEHOUSE_LIBCHDB", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment


def missing(case, environment):
    for need in case.needs:
        if need == "root" and os.geteuid() != 0:
            return "needs root"
        if need == "engine":
            found = list(pathlib.Path(environment["XDG_CACHE_HOME"]).glob(
                "forgehouse/libchdb/*/libchdb.so"))
            if not found and "FORGEHOUSE_LIBCHDB" not in environment:
                return "needs libchdb (tools/fetch_libchdb)"
        if need == "sim" and not (pathlib.Path(environment["CASE"]) / "bin" / "forgehouse-sim").exists():
            return "needs forgehouse-sim (cmake --build … --target forgehouse-sim)"
        if need == "mount" and subprocess.run(
                ["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
            return "needs the right to mount"
    return None


def difference(step, out, err, code):
    """What is not as expected, as text; None where all is."""
    problems = []
    if code != step.code:
        problems.append(f"exit code {code}, expected {step.code}")
    if not matches(step.out, out):
        problems.append("standard output is\n" + "\n".join(f"    > {line}" for line in out))
        problems.append("expected\n" + "\n".join(f"    > {line}" for line in step.out))
    if step.wants_err and not matches(step.err, err):
        problems.append("standard error is\n" + "\n".join(f"    2> {line}" for line in err))
        problems.append("expected\n" + "\n".join(f"    2> {line}" for line in step.err))
    elif problems and err:
        problems.append("standard error is\n" + "\n".join(f"    2> {line}" for line in err))
    return "\n".join(problems) or None


def run_case(case, program):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fh-"))
    begin = time.monotonic()
    failure, updates = None, {}
    try:
        environment = environment_for(folder, program)
        reason = missing(case, environment)
        if reason:
            return case, "skipped", reason, 0.0, {}
        for step in case.steps:
            out, err, code = run_step(step, environment, folder / "work")
            out, err = shown(out, folder), shown(err, folder)
            problem = difference(step, out, err, code)
            if problem:
                failure = f"{case.path}:{step.line}: $ {step.command}\n{problem}"
                updates[step.line] = (out, err, code)
                if not os.environ.get("UPDATE_GOLDEN"):
                    break
        subprocess.run(["forgehouse", "engine", "--stop", "-q"], env=environment,
                       cwd=folder / "work", capture_output=True, timeout=60, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return case, "failed" if failure else "passed", failure, time.monotonic() - begin, updates


def update(case, updates):
    lines, out = case.path.read_text().splitlines(), []
    steps = {step.line: step for step in case.steps}
    number = 0
    while number < len(lines):
        number += 1
        out.append(lines[number - 1])
        if number not in updates:
            continue
        got_out, got_err, code = updates[number]
        step = steps[number]
        while number < len(lines) and lines[number].startswith("\\ "):
            out.append(lines[number])
            number += 1
        if code:
            out.append(f"? {code}")
        out += [f"> {line}".rstrip() for line in got_out]
        if step.wants_err or (code and got_err):
            out += [f"2> {line}".rstrip() for line in got_err]
        number = step.last
    case.path.write_text("\n".join(out) + "\n")


def write_junit(path, results):
    quote = xml.sax.saxutils.quoteattr
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<testsuites><testsuite name="cli" tests="{len(results)}" '
                   f'failures="{sum(r[1] == "failed" for r in results)}" '
                   f'skipped="{sum(r[1] == "skipped" for r in results)}">\n')
        for case, state, text, seconds, _ in results:
            # As GoogleTest writes it: its readers count these words.
            status = "notrun" if state == "skipped" else "run"
            result = "skipped" if state == "skipped" else "completed"
            file.write(f'<testcase classname="cli" name={quote(case.name)} status="{status}" '
                       f'result="{result}" time="{seconds:.3f}">')
            if state == "failed":
                file.write(f"<failure message={quote(text)}/>")
            elif state == "skipped":
                file.write(f"<skipped message={quote(text)}/>")
            file.write("</testcase>\n")
        file.write("</testsuite></testsuites>\n")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", required=True)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    options.add_argument("--junit")
    options.add_argument("cases", nargs="*")
    options = options.parse_args()
    program = pathlib.Path(options.program).resolve()
    paths = [pathlib.Path(p) for p in options.cases] or sorted((HERE / "cases").glob("*.case"))
    cases = [Case(path if path.exists() else HERE / "cases" / f"{path}.case") for path in paths]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda case: run_case(case, program), cases))
    for case, state, text, seconds, updates in results:
        if state == "failed" and os.environ.get("UPDATE_GOLDEN"):
            update(case, updates)
            print(f"updated  {case.name}")
            continue
        print(f"{state:<8} {case.name} ({seconds:.1f} s)" + (f": {text}" if text else ""))
    if options.junit:
        write_junit(options.junit, results)
    failed = sum(r[1] == "failed" for r in results)
    print(f"{len(results)} cases, {failed} failed")
    return 1 if failed and not os.environ.get("UPDATE_GOLDEN") else 0


if __name__ == "__main__":
    sys.exit(main())
