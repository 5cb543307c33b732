"""Install the checkout into its environment: with uv where pip's settings can be said in uv's words, else with pip.

uv does it in a third of pip's time, but reads neither pip.conf nor PIP_*; what a machine says there (an index of its
own, wheels on disk, a certificate) is handed over. A setting that has no counterpart here, or uv failing for any
reason, means pip.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.start.report import filled, stop, tell

SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# pip's setting → uv's environment variable. https://docs.astral.sh/uv/reference/environment/
SAME_IN_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "constraint": "UV_CONSTRAINT",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "no-cache-dir": "UV_NO_CACHE",
}
COMMA_SEPARATED = {"find-links"}
MAKES_NO_DIFFERENCE = {
    "disable-pip-version-check", "no-input", "progress-bar", "root-user-action", "retries", "no-color", "quiet",
    "verbose", "no-warn-script-location", "break-system-packages", "require-virtualenv", "user", "no-compile",
    "compile", "log", "no-python-version-warning", "cache-dir",
}  # fmt: skip


def install(python: Path, root: Path, extras: Sequence[str]) -> None:
    """
    Install the checkout, editable, with these extras.

    Raises:
        SystemExit: it did not work; the installer's own last words say why.
    """
    target = f"{root}[{','.join(extras)}]"
    # A virtual environment has no user folder: PIP_USER=1 would only make pip stop.
    environ = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if with_uv(python, target, environ):
        return
    # Compiling everything takes a quarter of the time; Python compiles what is used when it is used.
    with_pip = [str(python), "-m", "pip", "install", "--no-compile", "-e", target]
    failure = attempt(with_pip, environ)
    if failure is not None:
        settings = f"{python} -m pip config list"
        stop(
            "{failure}\nInstalling did not work. Check the network and pip's settings ({settings}), start again.",
            failure=failure,
            settings=settings,
        )


def with_uv(python: Path, target: str, environ: Mapping[str, str]) -> bool:
    """Try uv. False means: nothing is lost, let pip do it."""
    translated = uv_environment(pip_settings(python, environ), environ)
    if translated is None:
        return False
    if attempt([str(python), "-m", "pip", "install", "--quiet", "--no-compile", "uv>=0.8"], environ) is not None:
        return False
    uv = [str(python.parent / "uv"), "pip", "install", "--python", str(python)]
    failure = attempt([*uv, "--reinstall-package", "annotation-lab", "-e", target], {**environ, **translated})
    if failure is not None:
        tell("uv could not install everything; pip takes over (slower) …")
    return failure is None


def attempt(command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Run an installer: with its own progress where a person watches, else silent. Returns what it said if it failed."""
    if sys.stderr.isatty():
        done = subprocess.run(command, env=environ, stdout=sys.stderr, check=False)
        ended = filled("{program} ended with status {status}.", program=command[0], status=done.returncode)
        return ended if done.returncode else None
    quiet = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return "\n".join((quiet.stdout + quiet.stderr).splitlines()[-20:]) if quiet.returncode else None


def pip_settings(python: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """pip's settings that hold for `install`, from every pip.conf and PIP_* variable; the stronger source wins."""
    listing = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], env=environ, capture_output=True, text=True, check=False
    )
    return read_listing(listing.stdout)


def read_listing(listing: str) -> dict[str, str]:
    """`pip config list` as name → value; sections in the order in which pip lets them win."""
    rows = [line.partition("=") for line in listing.splitlines() if "=" in line]
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for name, _, value in rows:
            if name.startswith(section):
                found[name.removeprefix(section).replace("_", "-")] = str(ast.literal_eval(value))
    return found


def uv_environment(settings: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str] | None:
    """
    The same settings as environment variables of uv; None when one of them has no counterpart.

    pip takes the best version from any of its indexes, so uv is told to do that too.
    """
    if set(settings) - set(SAME_IN_UV) - MAKES_NO_DIFFERENCE:
        return None
    words = {"UV_INDEX_STRATEGY": "unsafe-best-match", **certificate(environ)}
    for name, value in settings.items():
        if name in SAME_IN_UV and value:
            words[SAME_IN_UV[name]] = in_uv_words(name, value)
    return words


def in_uv_words(name: str, value: str) -> str:
    """pip separates several values by white space; uv wants a comma for some."""
    return ("," if name in COMMA_SEPARATED else " ").join(value.split())


def certificate(environ: Mapping[str, str]) -> dict[str, str]:
    """Where to find certificates: the variables that pip knows too, else the system's own."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if environ.get(name):
            return {"SSL_CERT_FILE": environ[name]}
    return {"SSL_CERT_FILE": str(SYSTEM_CERTIFICATES)} if SYSTEM_CERTIFICATES.exists() else {}
