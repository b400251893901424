"""Reads C++ sources for the checks: which files there are, and their text without comments."""

import os
import re

SUFFIXES = (".h", ".cpp")

# One alternative for each thing in which a quote or a slash does not mean what it seems to.
_TOKEN = re.compile(
    r"""(?P<comment>//(?:[^\n\\]|\\.|\\\n)*|/\*.*?\*/)"""
    r"""|(?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")"""
    r"""|(?P<string>"(?:[^"\\\n]|\\.|\\\n)*")"""
    r"""|(?P<char>(?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+')""",
    re.DOTALL | re.VERBOSE,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def files(root, folder="src"):
    """Every C++ file below root/folder, as paths relative to root, sorted."""
    found = []
    for place, folders, names in os.walk(os.path.join(root, folder)):
        folders[:] = sorted(f for f in folders if f != "testdata")
        found += [os.path.relpath(os.path.join(place, n), root) for n in names if n.endswith(SUFFIXES)]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text, strings=True):
    """The text with comments, raw strings and (unless told otherwise) other strings turned to blanks."""

    def replace(match):
        if match.group("comment") or match.group("raw"):
            return _blank(match.group())
        return _blank(match.group()) if strings else match.group()

    return _TOKEN.sub(replace, text)


def includes(text):
    """Yields (line, name, is_quoted) of every #include that is not commented out."""
    for match in _INCLUDE.finditer(without_comments(text, strings=False)):
        line = text.count("\n", 0, match.start(1 if match.group(1) else 2)) + 1
        yield line, match.group(1) or match.group(2), match.group(1) is not None


def is_test(path):
    return path.endswith(("_test.cpp", "_fuzz.cpp")) or "/testing/" in path
