"""Tools and schemas that no package of the tests brings: fetched once into the user's cache, each with
a check of what it is, so that the second time works without a network."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from program import Failed
from runner import Skipped

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "forgehouse" / "deploy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pins(name):
    """The entries of tools/pins.txt that begin with `name`."""
    found = {}
    for line in (ROOT / "tools" / "pins.txt").read_text().splitlines():
        words = line.split()
        if words and words[0].startswith(name + "."):
            found[words[0].removeprefix(name + ".")] = words[1]
    return found


def into_cache(name, make):
    """The path of `name` in the cache; where it is missing, `make(path)` makes it. Several tests may
    want the same thing at once, so it takes its name when it is whole."""
    wanted = cache() / name
    if not wanted.exists():
        with tempfile.TemporaryDirectory(dir=cache(), prefix="new-") as folder:
            made = pathlib.Path(folder) / wanted.name
            make(made)
            os.replace(made, wanted)
    return wanted


def wheel(name):
    """A package of PyPI, as tools/pins.txt names it. It is read as it is and never installed."""
    pin = pins(name)
    path = into_cache(f"{name}-{pin['version']}.whl", lambda made: download(pin["url"], made))
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != pin["sha256"]:
        path.unlink()
        raise Failed(f"{pin['url']}: its hash is {found}, tools/pins.txt wants {pin['sha256']}")
    return path


def download(url, path):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer, open(path, "wb") as file:
            shutil.copyfileobj(answer, file)
    except (urllib.error.URLError, OSError) as error:
        raise Skipped(f"{url} cannot be fetched ({error})") from None


def promtool():
    """Prometheus' own checker; out of Debian's package, without its service."""
    return shutil.which("promtool") or str(into_cache("promtool", unpack_promtool))


def unpack_promtool(path):
    needs("apt-get", "dpkg-deb")
    folder = path.parent
    # A folder that apt's own user can enter would be one for everybody, so it warns.
    got = subprocess.run(["apt-get", "-qq", "download", "prometheus"], cwd=folder, capture_output=True, check=False)
    packages = list(folder.glob("prometheus_*.deb"))
    if not packages:
        raise Skipped("Debian's package prometheus cannot be fetched: " + got.stderr.decode().strip())
    subprocess.run(["dpkg-deb", "-x", packages[0], folder / "unpacked"], check=True)
    os.replace(folder / "unpacked" / "usr" / "bin" / "promtool", path)


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skipped(f"there is no {program}")


def module(name, package):
    """A module of one of Debian's packages."""
    try:
        return __import__(name)
    except ImportError:
        raise Skipped(f"the package {package} is not installed") from None
