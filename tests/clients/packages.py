"""The clients, as their registries have them: installed once into the user's cache, in the versions that
pins/ names, so that the second time works without a network. Nothing of them lies in the checkout."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from runner import Skipped

PINS = pathlib.Path(__file__).resolve().parent / "pins"


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skipped(f"there is no {program}")


def installed(name, pins, install):
    """A folder that `install(folder)` has filled. Its name holds what the pins say; it takes the name when
    it is whole, since several tests may want the same thing at once."""
    said = hashlib.sha256(b"".join((PINS / pin).read_bytes() for pin in pins)).hexdigest()[:16]
    base = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    cache = base / "forgehouse" / "clients"
    cache.mkdir(parents=True, exist_ok=True)
    wanted = cache / f"{name}-{said}"
    if not wanted.exists():
        with tempfile.TemporaryDirectory(dir=cache, prefix="new-") as folder:
            made = pathlib.Path(folder) / "made"
            made.mkdir()
            for pin in pins:
                shutil.copy(PINS / pin, made)
            install(made)
            try:
                os.rename(made, wanted)
            except OSError:
                if not wanted.exists():
                    raise
    return wanted


def fetch(*words, folder):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Skipped(f"{words[0]} cannot fetch it: {''.join(last)}")


def npm():
    """Holds node_modules; npm checks the hashes of the lock file."""
    needs("node", "npm")
    return installed(
        "npm",
        ["package.json", "package-lock.json"],
        lambda folder: fetch("npm", "ci", "--silent", "--no-audit", "--ignore-scripts", folder=folder),
    )


def python(requirements):
    """A folder for PYTHONPATH."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        raise Skipped("there is no pip")

    def install(folder):
        fetch(*pip, "install", "--quiet", "--no-deps", "--target", ".", "-r", requirements,
              folder=folder)  # fmt: skip

    # What is compiled for one version of Python does not load in another.
    return installed(f"python{sys.version_info.major}.{sys.version_info.minor}", [requirements], install)


def golang(program):
    """Builds golang/ as `program`; Go checks the hashes and has a cache of its own."""
    needs("go")
    fetch("go", "build", "-mod=readonly", "-o", program, ".", folder=PINS.parent / "golang")


def golang_suite():
    """A folder with `suite`, the driver's own tests over HTTP as one program, and `tests`, their names. All of
    them are the module's as its hash says, but for the file that starts a server (golang_suite/)."""
    needs("go")

    def install(made):
        said = subprocess.run(["go", "mod", "download", "-json", "github.com/ClickHouse/clickhouse-go/v2"],
                              cwd=PINS.parent / "golang", capture_output=True, text=True, check=False)  # fmt: skip
        if said.returncode != 0:
            raise Skipped(f"go cannot fetch it: {said.stderr.strip()[-200:]}")
        with tempfile.TemporaryDirectory() as folder:
            module = pathlib.Path(folder) / "module"
            shutil.copytree(json.loads(said.stdout)["Dir"], module)
            fetch("chmod", "-R", "u+w", str(module), folder=folder)
            tests = module / "tests" / "std"
            overlay = pathlib.Path(folder) / "overlay.json"
            overlay.write_text(json.dumps({"Replace": {str(tests / "main_test.go"): str(made / "main_test.go")}}))
            fetch("go", "test", "-c", "-overlay", str(overlay), "-o", str(made / "suite"), "./tests/std", folder=module)
            (made / "tests").write_text("\n".join(names_over_http(tests)))

    return installed("golang-suite", ["../golang/go.mod", "../golang/go.sum", "../golang_suite/main_test.go"], install)


def names_over_http(folder):
    """Tests that run once for each protocol; the others speak the native one alone."""
    for file in sorted(folder.glob("*_test.go")):
        parts = re.split(r"(?m)^func (Test\w+)\(t \*testing\.T\) \{", file.read_text())
        for name, body in zip(parts[1::2], parts[2::2]):
            if '"Http"' in body.split("\n}\n")[0]:
                yield name


def maven():
    """A class path."""
    needs("java", "javac", "mvn")
    folder = installed(
        "maven",
        ["pom.xml"],
        lambda made: fetch("mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars", folder=made),
    )
    return str(folder / "jars" / "*")
