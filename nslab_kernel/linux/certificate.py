"""A certificate for the servers of the made-up internet, which this lab trusts, and no other."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress

_PRIVATE = "/etc/nslab"  # the lab's own directory, in memory
_FILE = f"{_PRIVATE}/internet.pem"
_TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # where Debian's programs look (update-ca-certificates(8))
_MARK = b"\n# made up by nslab, for this lab alone\n"


def trusted_by_the_lab(names: Sequence[str]) -> list[str]:
    """Make a certificate for some DNS names and have the lab's programs trust it.

    Parameters
    ----------
    names
        What it is for.

    Returns
    -------
    list[str]
        The path of the file with certificate and key. Empty outside a lab, whose /etc is the machine's, and where
        openssl or a list of trusted certificates is missing: then nothing is served by https.
    """
    if not (os.path.isdir(_PRIVATE) and shutil.which("openssl") and os.path.exists(_TRUSTED)):
        return []
    try:
        if not os.path.exists(_FILE):
            _make(names)
            _trust()
    except (OSError, subprocess.CalledProcessError):
        with suppress(FileNotFoundError):
            os.unlink(_FILE)
        return []
    return [_FILE]


def _make(names: Sequence[str]) -> None:
    others = ",".join(f"DNS:{name}" for name in names)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += [
        "-days",
        "3650",
        "-subj",
        "/O=made up by nslab/CN=www.example.com",
        "-addext",
        f"subjectAltName={others}",
    ]
    made = subprocess.run([*command, "-keyout", "-", "-out", "-"], capture_output=True, check=True).stdout
    with open(os.open(_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(made)


def _trust() -> None:
    with open(_FILE, "rb") as file:
        certificate = b"-----BEGIN CERTIFICATE" + file.read().partition(b"-----BEGIN CERTIFICATE")[2]
    with open(_TRUSTED, "rb") as file:
        known = file.read().partition(_MARK)[0]
    # By renaming, since root's file can't be written to by an ordinary user, only replaced.
    with open(f"{_TRUSTED}.nslab", "wb") as file:
        file.write(known + _MARK + certificate)
    os.replace(f"{_TRUSTED}.nslab", _TRUSTED)
