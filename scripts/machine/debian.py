"""Fetching Debian packages into a folder with a package index of our own.

Nothing of the machine's package management changes, and no rights are needed. The mirror is the machine's own.
"""

import platform
import shutil
from pathlib import Path

from .commands import output_of, run_logged
from .progress import StepFailed

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Suite:
    """One suite's packages: `sid` by name, or whatever the machine itself uses (name None)."""

    def __init__(self, folder, name=None):
        self.folder = folder
        self.name = name
        self.label = name or "own"

    def update(self):
        """Read the suite's list of packages."""
        for part in ("lists", "archives"):
            (self.folder / self.label / part / "partial").mkdir(parents=True, exist_ok=True)
        if self.name:
            self._write_source()
        run_logged(
            ["apt-get", *self._options(), "update"],
            f"apt-{self.label}-update",
            f"the list of packages of Debian's suite {self.label!r} could not be read",
            "check the network connection, then run the command again",
        )

    def newest(self, package, prefix):
        """The newest version of a package that begins with `prefix`, or None."""
        listing = output_of(["apt-cache", *self._options(), "madison", package])
        versions = [line.split("|")[1].strip() for line in listing.splitlines() if line.count("|") >= 2]
        return next((version for version in versions if version.startswith(prefix)), None)

    def unpack(self, packages, target):
        """Download packages and unpack them into `target`; `packages` are names, or `name=version`."""
        downloads = self.folder / self.label / "downloads"
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir(parents=True)
        run_logged(
            ["apt-get", *self._options(), "download", *packages],
            f"apt-{self.label}-download",
            f"{', '.join(packages)} could not be downloaded",
            "check the network connection, then run the command again",
            cwd=downloads,
        )
        for archive in sorted(downloads.glob("*.deb")):
            run_logged(["dpkg-deb", "-x", archive, target], "dpkg-deb", f"{archive.name} could not be unpacked")
        shutil.rmtree(downloads)

    def _options(self):
        own = self.folder / self.label
        options = [
            f"Dir::State::Lists={own / 'lists'}",
            f"Dir::Cache={own}",
            f"Dir::Cache::archives={own / 'archives'}",
        ]
        options.append("APT::Sandbox::User=root")
        if self.name:
            options += [f"Dir::Etc::SourceList={self._source_file()}", "Dir::Etc::SourceParts=/dev/null"]
        return [part for option in options for part in ("-o", option)]

    def _source_file(self):
        return self.folder / self.label / "suite.sources"

    def _write_source(self):
        if not KEYRING.exists():
            raise StepFailed(
                f"the keys that Debian signs its packages with are missing ({KEYRING})",
                "install the package debian-archive-keyring, or point CREDIT_COLLECTION_ODOO to an Odoo 19 of your own",
            )
        lines = ["Types: deb", f"URIs: {mirror()}", f"Suites: {self.name}", "Components: main", f"Signed-By: {KEYRING}"]
        self._source_file().write_text("\n".join(lines) + "\n")


def mirror():
    """The Debian mirror this machine is set up to use."""
    targets = output_of(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]).split()
    found = [target for target in targets if "debian" in target and "security" not in target]
    if not found:
        raise StepFailed(
            f"no Debian mirror is set up on this machine ({platform.platform()})",
            "point CREDIT_COLLECTION_ODOO to an Odoo 19 of your own: the folder that holds the package `odoo`",
        )
    return found[0]
