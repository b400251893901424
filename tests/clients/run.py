#!/usr/bin/env python3
"""Runs clients that nobody here wrote, unmodified, against `forgehouse engine`:
run.py --program FORGEHOUSE [CASE…]. README.md says what each case proves.

A case whose client cannot be had is skipped (../runner.py).
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent))
import packages
from engine import Engine, Failed
from runner import run_all

PATIENCE = 120


def by(words, **variables):
    """Runs a script of a case; it ends with 0 where all holds, and says what does not."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failed(f"it has not ended after {PATIENCE} s") from None
    if done.returncode != 0:
        raise Failed(f"exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def curl(engine):
    packages.needs("curl")
    by([sys.executable, str(HERE / "curl_case.py"), engine.url])


def javascript(engine):
    modules = packages.npm()
    # Node looks for packages from the script's own folder upwards.
    script = pathlib.Path(engine.folder) / "client.mjs"
    script.write_bytes((HERE / "javascript_case.mjs").read_bytes())
    (script.parent / "node_modules").symlink_to(modules / "node_modules")
    by(["node", str(script), engine.url])


def connect(engine):
    folder = packages.python("requirements.txt")
    by([sys.executable, str(HERE / "connect_case.py"), engine.address], PYTHONPATH=str(folder))


def secure(engine):
    folder = packages.python("requirements.txt")
    by([sys.executable, str(HERE / "secure_case.py"), engine.address, str(engine.folder / "tls.pem")], PYTHONPATH=str(folder))


def secured(program, folder):
    """An engine's options for TLS and two users whose password is the same."""
    packages.needs("openssl")
    folder = pathlib.Path(folder)
    pem, key, users = folder / "tls.pem", folder / "tls.key", folder / "users"
    by(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key), "-out", str(pem), "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
    said = subprocess.run([program, "engine", "--hash-password"], input="so long\n", capture_output=True, text=True, check=True)
    users.write_text(f"ann read {said.stdout.strip()}\nben write {said.stdout.strip()}\n")
    users.chmod(0o600)
    return ["--users", str(users), "--tls-certificate", str(pem), "--tls-key", str(key)]


def sqlalchemy(engine):
    folder = packages.python("requirements-sqlalchemy.txt")
    by([sys.executable, str(HERE / "sqlalchemy_case.py"), engine.address], PYTHONPATH=str(folder))


def jdbc(engine):
    by(["java", "-cp", packages.maven(), str(HERE / "JdbcCase.java"), engine.address])


def golang(engine):
    program = str(pathlib.Path(engine.folder) / "case")
    packages.golang(program)
    by([program, engine.address])


# What is left out of clickhouse-go's own tests over HTTP, and why.
GOLANG_LEFT_OUT = {
    "TestCustomSettings": "settings that a user makes up (custom_…) are not served",
    "TestEmptyDatabaseConfig": "drops and makes the database `default` over the native protocol first",
    "TestStdJWTAuth": "the suite itself runs it against ClickHouse's cloud alone",
    "TestDate32WithUserLocation": "the suite itself leaves it out, as broken in the driver",
}


def golang_suite(engine):
    folder = packages.golang_suite()
    names = [name for name in (folder / "tests").read_text().split() if name not in GOLANG_LEFT_OUT]
    words = [str(folder / "suite"), "-test.v", "-test.run", f"^({'|'.join(names)})$/Http"]
    environment = {**os.environ, "ENGINE_PORT": engine.address.split(":")[1]}
    done = subprocess.run(words, env=environment, cwd=engine.folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    passed = set(re.findall(r"^--- PASS: (\w+)", done.stdout, re.MULTILINE))
    missing = [name for name in names if name not in passed]
    if done.returncode != 0 or missing or len(names) < 39:
        raise Failed(f"{len(passed)} of {len(names)} passed; not {', '.join(missing)}\n{done.stdout[-3000:]}{done.stderr[-2000:]}")


def tools(engine):
    by([sys.executable, str(HERE / "tools_case.py"), engine.url])


CASES = {
    "curl": curl,
    "javascript": javascript,
    "connect": connect,
    "secure": secure,
    "sqlalchemy": sqlalchemy,
    "jdbc": jdbc,
    "golang": golang,
    "golang-suite": golang_suite,
    "tools": tools,
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="one of: " + ", ".join(CASES))
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no case '{unknown[0]}'; there are: {', '.join(CASES)}")
    options.program = os.path.abspath(options.program)
    return options


def main():
    options = arguments()

    def body(name, folder):
        how = secured(options.program, folder) if name == "secure" else ["--writable"]
        with Engine(options.program, folder, how) as engine:
            CASES[name](engine)

    return run_all(options.cases or CASES, body, Failed)


if __name__ == "__main__":
    sys.exit(main())
