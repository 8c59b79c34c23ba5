"""Where things lie: the project, and the cache that all its clones on this machine share."""

import fcntl
import hashlib
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MODULE = "credit_collection"
# A unix socket's address must stay below 108 bytes; leave room for the file name.
LONGEST_SOCKET_FOLDER = 85


def cache_folder():
    """The cache. Not below root's home: the database server runs as another user and must get there."""
    chosen = os.environ.get("CREDIT_COLLECTION_CACHE")
    if chosen:
        folder = Path(chosen).expanduser().absolute()
    elif os.geteuid() == 0:
        folder = Path("/var/cache") / MODULE
    else:
        folder = Path.home() / ".cache" / MODULE
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_file(name):
    folder = cache_folder() / "logs"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.log"


def socket_folder(cluster):
    """The folder of a cluster's socket: beside the cluster, or in the temporary folder when that is too deep."""
    folder = cluster / "socket"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"{MODULE}-{os.geteuid()}-{digest}"


@contextmanager
def locked(path):
    """Hold `path` for this process alone, so that two runs at once do not prepare the same thing."""
    with open(path, "a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"(waiting for another run, which holds {path})", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest_of_files(folder, files, *more):
    """A short key that changes when the files below `folder` (name or content) or the further words change."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder)}:{content}\n".encode())
    digest.update("\n".join(map(str, more)).encode())
    return digest.hexdigest()[:12]


def module_digest(*more):
    """The key of what gets installed: every file of the module except its tests, which change most often."""
    module = PROJECT / MODULE
    return digest_of_files(module, filter(_is_installed, module.rglob("*")), *more)


def _is_installed(path):
    parts = path.relative_to(PROJECT / MODULE).parts
    return path.is_file() and parts[0] != "tests" and "__pycache__" not in parts
