"""The CPythons at hand: pyenv's, the distribution's, and those of the Debian sid chroot that `sid-chroot` makes.

Run by itself it lists them.
"""
import functools
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROBE = ("import sys, sysconfig; v = sys.version_info; print(repr((tuple(v[:3]), hasattr(sys, 'gettotalrefcount'), "
         "bool(sysconfig.get_config_var('Py_GIL_DISABLED')), getattr(sys, 'implementation', None) and "
         "sys.implementation.name)))")
OLDEST, NEWEST = (3, 8), (3, 15)


class Interpreter:
    """One CPython. `argv` starts it (inside its root when it has one); `binary` is the file, as seen from here, that
    holds the runtime: the executable or libpython."""

    def __init__(self, family, executable, root=""):
        self.family, self.executable, self.root = family, executable, root
        self.version, self.debug, self.free_threaded, implementation = eval(
            subprocess.run(self.argv() + ["-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           check=True, timeout=30).stdout)
        if implementation not in ("cpython", None):
            raise ValueError(implementation)
        self.shared, self.binary = self._find_binary()
        sections = _readelf("-SW", self.binary)
        self.stripped = ".symtab" not in sections
        self.has_dwarf = ".debug_info" in sections or self._separate_debug_file()
        self.has_runtime_section = ".PyRuntime" in sections
        self.has_dynamic_symbol = bool(re.search(r"\b_PyRuntime$", _readelf("--dyn-syms", "-W", self.binary), re.M))
        self.has_symbol = not self.stripped
        self.label = "%s-%s%s%s" % (family, ".".join(map(str, self.version)), "-debug" if self.debug else "",
                                    "-freethreaded" if self.free_threaded else "")

    def argv(self, directory="/"):
        """To be followed by the interpreter's arguments. In a chroot `directory` is the one to run in."""
        if self.root:
            return ["chroot", self.root, "/usr/bin/env", "--chdir=" + directory, self.executable]
        return [self.executable]

    def _find_binary(self):
        path = self.root + self.executable if self.root else os.path.realpath(self.executable)
        needed = re.search(r"\(NEEDED\).*\[(libpython[^]]*)\]", _readelf("-dW", path))
        if not needed:
            return False, path
        return True, os.path.join(os.path.dirname(os.path.dirname(path)), "lib", needed.group(1))

    def _separate_debug_file(self):
        """Distributions put it there, for the root that it belongs to."""
        build_id = re.search(r"Build ID: ([0-9a-f]+)", _readelf("-n", self.binary))
        return bool(build_id) and os.path.exists("%s/usr/lib/debug/.build-id/%s/%s.debug" % (
            self.root, build_id.group(1)[:2], build_id.group(1)[2:]))

    @property
    def supported(self):
        """What the tool has to read; others it may read or refuse."""
        return OLDEST <= self.version[:2] <= NEWEST and not self.debug and not self.free_threaded

    @property
    def self_describing(self):
        return self.version >= (3, 13)

    def __repr__(self):
        return self.label


def _readelf(*arguments):
    return subprocess.run(["readelf"] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          encoding="utf-8", errors="replace", env=dict(os.environ, LC_ALL="C")).stdout


def _pyenv():
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    return [("pyenv", path, "") for path in glob.glob(os.path.join(root, "versions", "*", "bin", "python"))]


def _system():
    names = [path for path in glob.glob("/usr/bin/python3.*") + glob.glob("/usr/bin/python2.*")
             if re.search(r"/python[23]\.\d+[dt]*$", path) and not os.path.islink(path)]
    return [("system", path, "") for path in names]


@functools.lru_cache(maxsize=None)
def chroot():
    """(directory, None) or (None, why there is none)."""
    done = subprocess.run([os.path.join(HERE, "sid-chroot")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8")
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["sid-chroot failed"])[-1]
    return done.stdout.strip(), None


def _sid():
    root = chroot()[0]
    if not root:
        return []
    return [("sid", path[len(root):], root) for path in glob.glob(root + "/usr/bin/python3.*")
            if re.search(r"/python3\.\d+[dt]*$", path) and not os.path.islink(path)]


@functools.lru_cache(maxsize=None)
def everything():
    """All that start, also those too old; oldest first."""
    found = []
    for candidate in _pyenv() + _system() + _sid():
        try:
            found.append(Interpreter(*candidate))
        except (OSError, ValueError, subprocess.SubprocessError):
            pass
    return sorted(found, key=lambda one: (one.version, one.label))


def usable():
    """Those that the test programs run on."""
    return [one for one in everything() if one.version >= (3, 7)]


def supported():
    return [one for one in everything() if one.supported]


def unsupported():
    return [one for one in everything() if one.version < (3, 7)]


if __name__ == "__main__":
    for one in everything():
        print("%-28s %s%s%s%s" % (one.label, one.binary, " stripped" if one.stripped else "",
                                  " shared" if one.shared else " static", "" if one.supported else " (optional)"))
    if chroot()[1]:
        print(chroot()[1], file=sys.stderr)
