"""Odoo itself: somebody's own, or Debian's package unpacked into the cache.

Debian's package is unpacked, not installed: installing it would pull half of Debian's unstable suite.
"""

import os
import re
import shutil
from pathlib import Path

from .debian import Suite
from .paths import PROJECT
from .progress import StepFailed

SERIES = "19.0"
PACKAGE = "odoo-19"
# Odoo's package links to these: without them icons and jQuery are missing and every page answers 500.
STATIC_FILES = [
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# From the machine's own suite: the unstable suite's Font Awesome is 7, Odoo wants 4.7.
OWN_STATIC_FILES = ["fonts-font-awesome", "fonts-inconsolata"]
# Left out of Debian's package, and every browser test fails when it cannot be loaded.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class OdooTree:
    """The folder that holds the package `odoo`, and what lies around it."""

    def __init__(self, root, version):
        self.root = root
        self.version = version

    @property
    def addons_path(self):
        """Installed trees hold all add-ons beside `base`; in a source checkout they lie in a folder of their own."""
        inside, beside = self.root / "odoo" / "addons", self.root / "addons"
        return [inside, PROJECT] if (inside / "account").is_dir() else [inside, beside, PROJECT]


def find_or_fetch(cache, refresh=False):
    """Somebody's own Odoo when CREDIT_COLLECTION_ODOO names one, else the cached or freshly fetched package."""
    own = os.environ.get("CREDIT_COLLECTION_ODOO")
    if own:
        return _own_tree(Path(own).expanduser().absolute())
    trees = cache / "odoo"
    cached = _newest_cached(trees)
    if cached and not refresh:
        return cached
    try:
        return _fetch(trees, cache / "apt")
    except StepFailed as failure:
        if not cached:
            raise
        cached.version += f" (kept: {failure.what})"
        return cached


def _own_tree(root):
    release = root / "odoo" / "release.py"
    version = _version_in(release) if release.exists() else "none"
    if version != SERIES:
        raise StepFailed(
            f"CREDIT_COLLECTION_ODOO={root} does not hold Odoo {SERIES} (found: {version})",
            "name the folder in which the folder `odoo` with `release.py` lies",
        )
    return OdooTree(root, f"{version} in {root}")


def _version_in(release):
    found = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text())
    return ".".join(found.groups()) if found else "unknown"


def _packages_below(folder):
    return folder / "usr" / "lib" / "python3" / "dist-packages"


def _newest_cached(trees):
    found = sorted(trees.glob(f"{SERIES}*"), key=lambda folder: folder.stat().st_mtime)
    return OdooTree(_packages_below(found[-1]), found[-1].name) if found else None


def _fetch(trees, apt_folder):
    unstable = Suite(apt_folder, "sid")
    unstable.update()
    version = unstable.newest(PACKAGE, f"{SERIES}.")
    if not version:
        raise StepFailed(
            f"Debian's unstable suite has no {PACKAGE} {SERIES} any more",
            "point CREDIT_COLLECTION_ODOO to an Odoo 19 of your own: the folder that holds the package `odoo`",
        )
    target = trees / version.replace(":", "_")
    if not target.exists():
        _unpack(unstable, version, target, apt_folder)
    return OdooTree(_packages_below(target), target.name)


def _unpack(unstable, version, target, apt_folder):
    """Unpack beside the target first: a tree in its place is a complete one."""
    partial = target.with_name(f"partial-{target.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    unstable.unpack([f"{PACKAGE}={version}", *STATIC_FILES], partial)
    own = Suite(apt_folder)
    own.update()
    own.unpack(OWN_STATIC_FILES, partial)
    stub = _packages_below(partial) / "odoo" / "addons" / LEFT_OUT
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.touch()
    partial.rename(target)
