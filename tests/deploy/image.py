"""deploy/container: builds the image as its Dockerfile says, and runs it as a careful user would.

No registry is asked: the base is a Debian 12 made by debootstrap, under the name that the Dockerfile
uses. podman's store lies in the folder of the case, so nothing of the user's is touched or left.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.request

import fetched
from program import Failed, check
from simulator import Simulator

MIRROR = "http://deb.debian.org/debian"
# podman wishes for more than a container that we may be in ourselves has.
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
# Read-only root, no capabilities, no new privileges; the simulator is reached over the host's loopback.
CAREFUL = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges",
           "--network", "host", "--volume", "data:/data")
SECRET = re.compile(r"token|password|secret|key", re.IGNORECASE)


def verify(bench):
    fetched.needs("podman", "debootstrap")
    if os.geteuid() != 0:
        raise fetched.Skipped("debootstrap needs root")
    library = library_of(bench.program)
    online()
    with store(bench.folder) as podman:
        dockerfile = bench.deploy / "container" / "Dockerfile"
        (base,) = re.findall(r"^FROM (\S+)", dockerfile.read_text(), re.MULTILINE)
        podman.run("import", fetched.into_cache("bookworm-minbase.tar", debian), base)
        context = bench.folder / "context"
        context.mkdir()
        shutil.copy(bench.program, context / "forgehouse")
        shutil.copy(library, context / "libchdb.so")
        podman.run("build", *LIMITS, "--network", "host", "--pull=never", "-f", dockerfile, "-t", "forgehouse:test", context)
        shutil.rmtree(context)
        check_configuration(json.loads(podman.run("image", "inspect", "forgehouse:test"))[0]["Config"])
        check_running(bench, podman)


class Podman:
    def __init__(self, folder):
        self.command = ["podman", "--root", folder / "store", "--runroot", folder / "run", "--cgroup-manager", "cgroupfs"]
        if shutil.which("runc"):
            self.command += ["--runtime", "runc"]

    def run(self, *arguments, code=0):
        done = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=600, check=False)
        said = f"podman {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        check(done.returncode == code, said)
        return done.stdout

    def program(self, *arguments, environment=(), entry=(), code=0):
        """A new container of the image. Leaks cannot be looked for there, where the program is built to."""
        variables = [f"--env={name}" for name in ("ASAN_OPTIONS=detect_leaks=0", *environment)]
        return self.run("run", "--rm", *LIMITS, *CAREFUL, *variables, *entry, "forgehouse:test", *arguments, code=code)


@contextlib.contextmanager
def store(folder):
    podman = Podman(folder)
    try:
        yield podman
    finally:
        # Layers are mounted until podman lets go of them.
        for arguments in (("rm", "--all", "--force"), ("rmi", "--all", "--force"), ("unmount", "--all")):
            subprocess.run([*podman.command, *arguments], capture_output=True, check=False)
        subprocess.run(["umount", folder / "store" / "overlay"], capture_output=True, check=False)


def library_of(program):
    places = [pathlib.Path(program).parent / "libchdb.so", pathlib.Path(os.environ.get("FORGEHOUSE_LIBCHDB", "/nowhere"))]
    places += fetched.cache().parent.glob(f"libchdb/{fetched.pins('libchdb')['version']}/libchdb.so")
    for place in places:
        if place.exists():
            return place
    raise fetched.Skipped("there is no libchdb.so (tools/fetch_libchdb)")


def online():
    """The Dockerfile installs packages."""
    try:
        urllib.request.urlopen(f"{MIRROR}/dists/bookworm/Release", timeout=30).close()
    except OSError as error:
        raise fetched.Skipped(f"{MIRROR} cannot be reached ({error})") from None


def debian(path):
    folder = path.parent / "root"
    for command in (["debootstrap", "--variant=minbase", "bookworm", folder, MIRROR], ["tar", "-C", folder, "-cf", path, "."]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def check_configuration(config):
    user = config.get("User", "")
    check(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), f"the image's user is '{user}', and not a number that is not 0")
    check(config["Entrypoint"] == ["/usr/local/bin/forgehouse"], f"its entry point is {config['Entrypoint']}")
    secret = [variable for variable in config["Env"] if SECRET.search(variable.partition("=")[0])]
    check(not secret, f"it carries {secret}")
    check(config.get("Healthcheck", {}).get("Test", ["NONE"]) == ["NONE"], "it has a health check")


def check_running(bench, podman):
    check("forgehouse" in podman.program("version"), "version says something else")
    shell = ("--entrypoint", "/bin/sh")
    check(podman.program("-c", "id -u", entry=shell).strip() != "0", "it runs as root")
    podman.program("-c", "echo x > /usr/x", entry=shell, code=2)
    podman.program("-c", "test -e /etc/ssl/certs/ca-certificates.crt", entry=shell)
    simulator = Simulator(bench.simulator, "--org", "7,4")
    try:
        settings = [f"{name}={value}" for name, value in simulator.settings().items()]
        podman.program("collect", environment=settings)
        wanted = len(simulator.truth()["git_commits"])
        found = podman.program("query", "SELECT count() FROM git_commits WHERE is_reachable").strip()
        check(found == str(wanted), f"{found} commits were collected instead of {wanted}")
    finally:
        simulator.stop()
