"""deploy/systemd: systemd's own check of the units, how exposed they are, and what they call."""

import re
import subprocess

import fetched
from program import Failed, check

INSTALLED = "/usr/local/bin/forgehouse"
# Tenths: 0 is locked up, 100 open. systemd 252 says 15; root as the user, or two protections less, are 19.
MOST_EXPOSED = "17"


def verify(bench):
    fetched.needs("systemd-analyze")
    units = sorted(p for p in (bench.deploy / "systemd").iterdir() if p.suffix in (".service", ".timer"))
    check(len(units) == 3, f"two services and a timer were expected, not {[u.name for u in units]}")
    for unit in units:
        text = unit.read_text()
        (bench.folder / unit.name).write_text(text.replace(INSTALLED, bench.program))
    # It ends with 0 where it ignores what it does not know, so whatever it says is a failure.
    quiet("verify", "--man=no", *(bench.folder / unit.name for unit in units))
    for unit in units:
        if unit.suffix == ".service":
            quiet("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", unit, shown=False)
            engine_can_confine_itself(unit)
            for words in commands(unit.read_text()):
                understood(bench.program, words)
    same_sandbox(*(unit for unit in units if unit.suffix == ".service"))


def quiet(*arguments, shown=True):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    said = done.stderr + (done.stdout if shown else "")
    if done.returncode != 0 or said.strip():
        raise Failed(f"systemd-analyze {arguments[0]}: exit code {done.returncode}\n{said or done.stdout[-3000:]}")


def engine_can_confine_itself(unit):
    """systemd's own sets leave out the calls that the engine starts with; it refuses to serve without."""
    allowed = re.search(r"^SystemCallFilter=(.*)$", unit.read_text(), re.MULTILINE).group(1).split()
    missing = {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} - set(allowed)
    check(not missing, f"{unit.name}: SystemCallFilter does not allow {', '.join(sorted(missing))}")


def commands(text):
    for line in re.findall(r"^Exec\w+=[-@:+!]*(.*)$", text, re.MULTILINE):
        words = line.split()
        check(words[0] == INSTALLED, f"{line}: it is installed as {INSTALLED}")
        yield words[1:]


def understood(program, words):
    """Whether the program has that verb and those options."""
    outcome = subprocess.run([program, words[0], "--help"], capture_output=True, text=True, check=False)
    check(outcome.returncode == 0, f"forgehouse {words[0]}: there is no such verb\n{outcome.stderr}")
    for word in words[1:]:
        if word.startswith("--"):
            check(re.search(rf"{word}\b", outcome.stdout), f"forgehouse {words[0]} has no option {word}")


def same_sandbox(*services):
    """Both run the same program on the same data, so both are confined in the same way."""
    parts = [re.search(r"^User=.*?(?=\n\[|\Z)", s.read_text(), re.MULTILINE | re.DOTALL).group().strip() for s in services]
    check(parts[0] == parts[1], f"{services[0].name} and {services[1].name} differ from User= on")
