"""System packages: what programs must be there, and installing the missing ones as root."""

import os
import shutil
from pathlib import Path

from .commands import environment_with, output_of, run_logged
from .postgres import server_program
from .progress import StepFailed

CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")


def _has_font():
    return "DejaVu" in output_of(["fc-list"]) or Path("/usr/share/fonts/truetype/dejavu").is_dir()


def _has_ensurepip():
    return bool(output_of(["python3", "-c", "import ensurepip; print(True)"]))


# package: is what we need from it there?
NEEDED = {
    "postgresql": lambda: server_program("initdb") and shutil.which("psql"),
    "chromium": lambda: any(map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))),
    "wkhtmltopdf": lambda: shutil.which("wkhtmltopdf"),
    "poppler-utils": lambda: shutil.which("pdftotext") and shutil.which("pdftoppm"),
    "fonts-dejavu-core": _has_font,
    "python3-venv": _has_ensurepip,
}


def install_missing():
    """Install what is missing and return the names of it."""
    missing = [package for package, is_there in NEEDED.items() if not is_there()]
    if not missing:
        return []
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepFailed(f"missing on this machine: {', '.join(missing)}", f"have them installed: {command}")
    _keep_server_asleep()
    environment = environment_with(DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    run_logged(["apt-get", "update"], "apt-update", "apt-get update failed", "check the network", env=environment)
    run_logged(
        ["apt-get", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", *missing],
        "apt-install",
        f"{', '.join(missing)} could not be installed",
        f"try it by hand: {command}",
        env=environment,
    )
    still = [package for package in missing if not NEEDED[package]()]
    if still:
        raise StepFailed(f"installed, but not found afterwards: {', '.join(still)}")
    return missing


def _keep_server_asleep():
    """Our clusters are private; a machine without PostgreSQL should not get a running server from us."""
    if not CLUSTER_SETTINGS.parent.exists():
        CLUSTER_SETTINGS.parent.mkdir()
        CLUSTER_SETTINGS.write_text("create_main_cluster = false\n")
