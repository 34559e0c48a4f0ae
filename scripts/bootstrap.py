"""Build .venv from requirements.lock and install the project into it; standard library only.

Called by the Makefile. Whatever Python reads this file, old ones too, it parses, finds a Python
that is new enough and builds with that one; where there is none it says so in one line and
exits with 2. What is already built and up to date is left alone.

The variable PYTHON decides which Python is taken.
"""

from __future__ import print_function

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys

OLDEST = (3, 11)
CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11", "python3.14", "python"]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".built-from")
STAMPED = ["requirements.lock", "pyproject.toml"]
# The lock is whole but for what pyproject.toml leaves out on purpose, so nothing is to be resolved.
LOCK = ["--no-deps", "--require-hashes", "-r", "requirements.lock"]
PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


class Refused(Exception):
    """The environment cannot be built; the message says why and what would help."""


def find_venv_program(name):
    """Return the path of a program of .venv."""
    return os.path.join(VENV, "bin", name)


def probe_python(command):
    """Return a Python's version and path as (tuple, str), or None where it does not run."""
    try:
        process = subprocess.Popen(
            [command, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        lines = process.communicate()[0].decode("utf-8", "replace").split("\n")
    except (OSError, ValueError):
        return None
    if process.returncode != 0 or len(lines) < 2:
        return None
    return tuple(int(part) for part in lines[0].split(".")), lines[1].strip()


def write_version(version):
    """Return a version tuple as text."""
    return ".".join(str(part) for part in version)


def choose_python():
    """Return the path of a Python that is new enough.

    PYTHON decides where it is set; else the first of the candidates on PATH that will do.
    """
    asked = os.environ.get("PYTHON", "").strip()
    seen = []
    for command in [asked] if asked else CANDIDATES:
        found = probe_python(command)
        if found and found[0] >= OLDEST:
            return found[1]
        if found:
            seen.append("%s is %s" % (command, write_version(found[0])))
        elif asked:
            seen.append("PYTHON=%s does not run" % asked)
    raise Refused(
        "Python %s or newer is needed (%s): install one, or name it, PYTHON=/path/to/python3"
        % (write_version(OLDEST), "; ".join(seen) or "no Python found on PATH")
    )


def compute_stamp():
    """Return the digest of what the environment is built from, this file's place included.

    The place counts, as the project is installed by its path and a venv cannot be moved.
    """
    digest = hashlib.sha256(ROOT.encode("utf-8"))
    for name in STAMPED:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_built(stamp):
    """Tell whether .venv was built to its end from this stamp, and its Python still runs."""
    try:
        with open(STAMP) as file:
            is_same = file.read().strip() == stamp
    except (IOError, OSError):
        return False
    if not is_same:
        return False
    found = probe_python(find_venv_program("python"))
    asked = os.environ.get("PYTHON", "").strip()
    if not found or found[0] < OLDEST:
        return False
    return not asked or (probe_python(asked) or [None])[0] == found[0]


def run(*command):
    """Run a command in the project's folder, or refuse with what it was."""
    environ = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"):
        environ.pop(name, None)
    if subprocess.call(list(command), cwd=ROOT, env=environ) != 0:
        raise Refused("this failed, see above: " + " ".join(command))


def find_uv():
    """Return a uv that runs, or None: a version manager's stand-in may be on PATH without one."""
    path = getattr(shutil, "which", lambda name: None)("uv")
    if path is None:
        return None
    with open(os.devnull, "w") as nowhere:
        code = subprocess.call([path, "--version"], stdout=nowhere, stderr=nowhere)
    return path if code == 0 else None


def install_with_uv(uv):
    """Install the lock, then the project, with uv."""
    into = ["--python", find_venv_program("python")]
    lock = LOCK
    # Its progress is worth seeing on a terminal; its list of packages is not worth a log.
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    run(uv, "pip", "install", *(quiet + into + lock))
    project = ["--no-deps", "--no-build-isolation", "-e", "."]
    run(uv, "pip", "install", "--quiet", *(into + project))
    compile_ahead()


def compile_ahead():
    """Compile what was installed, tests aside, and the project: every start reads it from then on.

    pip does so itself, uv does not; and where Python may write no such files as it imports
    (PYTHONDONTWRITEBYTECODE), each start would compile it all again. What fails to compile is left.
    """
    tests = re.escape(VENV) + "/.*/tests?/"
    command = [find_venv_program("python"), "-m", "compileall", "-q", "-j", "0", "-x", tests]
    with open(os.devnull, "w") as nowhere:
        places = [os.path.join(VENV, "lib"), os.path.join(ROOT, "src")]
        subprocess.call(command + places, stdout=nowhere)


def install_with_pip():
    """Install the lock, then the project, with the venv's own pip."""
    pip = [find_venv_program("python"), "-m", "pip", "--disable-pip-version-check", "install"]
    pip.append("--quiet")
    print("There is no uv: pip installs the packages, which takes about two minutes ...")
    sys.stdout.flush()
    run(*(pip + LOCK))
    run(*(pip + ["--no-deps", "--no-build-isolation", "-e", "."]))


def fetch_uv():
    """Install uv into .venv through pip and return its path, or None where that fails."""
    pip = [find_venv_program("python"), "-m", "pip", "--disable-pip-version-check", "install"]
    with open(os.devnull, "w") as nowhere:
        pinned = ["--quiet", "--no-deps", "--require-hashes", "-r", "scripts/uv.txt"]
        code = subprocess.call(pip + pinned, cwd=ROOT, stderr=nowhere)
    path = find_venv_program("uv")
    return path if code == 0 and os.path.exists(path) else None


def build(python):
    """Build .venv from nothing, with uv where there is one or one can be fetched."""
    shutil.rmtree(VENV, ignore_errors=True)
    if os.path.lexists(VENV):
        raise Refused("%s is in the way and cannot be removed" % VENV)
    uv = find_uv()
    if uv:
        run(
            uv, "venv", "--quiet", "--no-project", "--no-python-downloads", "--python", python, VENV
        )
    else:
        run(python, "-m", "venv", VENV)
        uv = fetch_uv()
    if uv:
        install_with_uv(uv)
    else:
        install_with_pip()


def ensure_built():
    """Build .venv unless it is up to date; the stamp comes last, so a build cut short is redone."""
    stamp = compute_stamp()
    if is_built(stamp):
        return
    python = choose_python()
    print("Building .venv with %s ..." % python)
    sys.stdout.flush()
    build(python)
    with open(STAMP, "w") as file:
        file.write(stamp + "\n")


def main():
    """Build what is missing, one process at a time: a second one waits and finds it done."""
    try:
        with open(os.path.join(ROOT, STAMPED[0])) as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            ensure_built()
    except Refused as error:
        print("bootstrap: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
