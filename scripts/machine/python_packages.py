"""The virtual environment with the pinned Python packages."""

import shutil
import subprocess
import sys

from .commands import output_of, run_logged
from .paths import PROJECT, digest_of_files
from .progress import StepFailed

REQUIREMENTS = [PROJECT / "requirements.txt", PROJECT / "requirements-test.txt"]
OLDEST, NEWEST = (3, 10), (3, 13)


class Venv:
    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        self.python = self.bin / "python"


def find_or_create(cache):
    """The environment for these pins and this Python; made once, in the cache."""
    interpreter, version = _interpreter()
    key = digest_of_files(PROJECT, REQUIREMENTS, interpreter, version)
    folder = cache / "venv" / f"py{version}-{key}"
    ready = folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        _create(interpreter, folder)
        ready.touch()
        _forget_others(folder)
    return Venv(folder)


def _interpreter():
    """This Python when Odoo supports it, else the newest supported one that is installed."""
    candidates = [sys.executable]
    candidates += [shutil.which(f"python3.{minor}") for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for candidate in filter(None, candidates):
        version = output_of(
            [candidate, "-c", "import sys, ensurepip; print('%d.%d.%d' % sys.version_info[:3])"]
        ).strip()
        if version and OLDEST <= tuple(map(int, version.split(".")[:2])) <= NEWEST:
            return candidate, version
    raise StepFailed(
        f"no Python between {OLDEST[0]}.{OLDEST[1]} and {NEWEST[0]}.{NEWEST[1]} with `venv` was found",
        "install one (on Debian: apt-get install python3 python3-venv)",
    )


def _create(interpreter, folder):
    run_logged([interpreter, "-m", "venv", folder], "venv", "the virtual environment could not be created")
    requirements = [part for path in REQUIREMENTS for part in ("-r", path)]
    try:
        run_logged(
            [
                folder / "bin" / "python",
                "-m",
                "pip",
                "install",
                "--no-input",
                "--disable-pip-version-check",
                *requirements,
            ],
            "pip",
            "the Python packages could not be installed",
            "check the network connection, then run the command again",
            stdin=subprocess.DEVNULL,
        )
    except StepFailed:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _forget_others(folder, keep=4):
    """Environments of former pins; a few stay, other clones may use them."""
    others = sorted(folder.parent.iterdir(), key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[keep:]:
        shutil.rmtree(other, ignore_errors=True)
