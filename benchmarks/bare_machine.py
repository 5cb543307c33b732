"""Both README commands on machines that have nothing but Python: Debian and Ubuntu, as root and as ordinary people.

    sudo python3 benchmarks/bare_machine.py [--suites bookworm trixie noble] [--people root sudo plain] [--tests] [--keep]

Each suite becomes a debootstrap minbase of its own (kept in --folder, so that a second run starts at once), in which
python3 is installed and the checkout's last commit is unpacked. For each person: the first start until the page answers
(goal: under 90 s), the second (goal: under 3 s) and, with --tests, the whole of `python3 -m workbench test` (goal: under
10 minutes on 2 cores); without it, a few tests after the same set-up. Somebody without sudo gets one line that says what
to install; then it is installed, and the start must go on.

Needs root, `debootstrap`, and leave to mount. Settings of pip, npm and certificates are handed on as this machine has them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UBUNTU = ("jammy", "noble", "plucky", "questing")
HANDED_ON = ("PIP_", "NPM_", "UV_", "SSL_", "NODE_EXTRA", "REQUESTS_CA", "CURL_CA", "http_proxy", "https_proxy", "no_proxy")
FILES = ("/etc/pip.conf", "/root/.config/pip/pip.conf", "/root/.npmrc", "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf")
FEW = ("tests/test_submit.py", "tests/web/test_words.py", "tests/widgets/test_every_widget.py", "-k", "repeat or word or rating")
USERS = {"root": "root", "sudo": "somebody", "plain": "somebody"}  # with and without sudo: a machine of its own for each
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends", "-o", "APT::Sandbox::User=root")
PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Machine:
    """A bare system in a folder."""

    suite: str
    folder: Path
    port: int
    commit: str

    @property
    def family(self) -> str:
        return "ubuntu" if self.suite in UBUNTU else "debian"

    def run(self, person: str, command: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
        """A command inside, as this person, in the checkout; what it says comes back."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            self.inside(person, command),
            env=environment(person),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **options,  # type: ignore[call-overload]
        )
        return done

    def inside(self, person: str, command: Sequence[str]) -> list[str]:
        """The command line that runs a command in there."""
        user = USERS[person]
        ids = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--inh-caps=-all"]
        shell = f'cd {checkout(person)} 2>/dev/null || cd /; exec "$@"'
        return ["chroot", str(self.folder), *ids, "sh", "-c", shell, "-", *command]


def checkout(person: str) -> str:
    """Where this person keeps the checkout."""
    return "/root/lab" if person == "root" else f"/home/{USERS[person]}/lab"


def handed_on() -> dict[str, str]:
    """This machine's ways to the registries."""
    return {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}


def environment(person: str) -> dict[str, str]:
    """What a person's shell has, with this machine's ways to the registries."""
    home = str(Path(checkout(person)).parent)
    return {
        **handed_on(),
        "HOME": home,
        "USER": USERS[person],
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }


# --- the machine -----------------------------------------------------------------------------------------------------


def made(suite: str, folder: Path) -> Path | str:
    """A fresh copy of a minbase of this suite, with Python; or one line on why there is none."""
    family = "ubuntu" if suite in UBUNTU else "debian"
    kept = folder / f"{suite}.tar"
    if not kept.exists():
        base = folder / f"{suite}.base"
        remove(base)
        script = [] if Path("/usr/share/debootstrap/scripts", suite).exists() else ["/usr/share/debootstrap/scripts/gutsy"]
        key = Path(f"/usr/share/keyrings/{family}-archive-keyring.gpg")
        checked = [f"--keyring={key}"] if key.exists() else ["--no-check-gpg"]
        # Ubuntu keeps venv and espeak-ng in universe, which every installed Ubuntu has on.
        parts = ["--components=main,universe"] if family == "ubuntu" else []
        command = [
            "debootstrap",
            "--variant=minbase",
            *checked,
            *parts,
            "--include=ca-certificates",
            suite,
            str(base),
            "",  # the mirror that debootstrap itself knows for the suite
        ]
        done = subprocess.run([*command, *script], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"no {suite}: {(done.stderr or done.stdout).strip().splitlines()[-1]}"
        subprocess.run(["tar", "-C", str(base), "-cf", str(kept), "."], check=True)
        remove(base)
    fresh = folder / suite
    remove(fresh)
    fresh.mkdir()
    subprocess.run(["tar", "-C", str(fresh), "-xf", str(kept)], check=True)
    return fresh


def remove(folder: Path) -> None:
    """Away with a machine, but never with what may still be mounted in it: that is this machine's own /dev."""
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=False)


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """/proc, /dev and /sys as in a real machine; gone afterwards, and everything that still runs in there with them."""
    mounts = [("proc", "proc"), ("/dev", "dev"), ("/dev/pts", "dev/pts"), ("/dev/shm", "dev/shm"), ("/sys", "sys")]
    done = []
    try:
        for source, place in mounts:
            (folder / place).mkdir(parents=True, exist_ok=True)
            kind = ["-t", "proc", "proc"] if source == "proc" else ["--bind", source]
            subprocess.run(["mount", *kind, str(folder / place)], check=True)
            done.append(folder / place)
        yield
    finally:
        end_all(folder)
        for place in reversed(done):
            subprocess.run(["umount", "-l", str(place)], check=False)


def end_all(folder: Path) -> None:
    """Stop what still has this folder as its root: those are ours, and nobody else's."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("root").readlink() == folder and int(process.name) != os.getpid():
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue


def furnish(machine: Machine, person: str) -> None:
    """Python, the person, this machine's ways to the registries, and the checkout as it was committed."""
    for file in map(Path, FILES):
        if file.exists():
            copy(file, machine.folder / file.relative_to("/"))
    # A folder that a setting names, such as one with ready-made wheels.
    for value in handed_on().values():
        if value.startswith("/") and Path(value).is_dir() and not value.startswith("/etc"):
            shutil.copytree(value, machine.folder / value.lstrip("/"), dirs_exist_ok=True)
    machine.run("root", [*APT, "update"])
    said = machine.run("root", [*APT, "install", "python3", "ca-certificates", *(["sudo"] if person == "sudo" else [])])
    if said.returncode:
        sys.exit(said.stdout[-2000:])
    place = machine.folder / checkout(person).lstrip("/")
    if person != "root":
        machine.run("root", ["useradd", "-m", USERS[person]])
        for settings in (".config/pip/pip.conf", ".npmrc"):
            if (mine := machine.folder / "root" / settings).exists():
                copy(mine, place.parent / settings)
    if person == "sudo":
        (machine.folder / "etc/sudoers.d/bare").write_text(f'{USERS[person]} ALL=(ALL) NOPASSWD: ALL\nDefaults env_keep += "*"\n')
    place.mkdir(parents=True)
    packed = subprocess.run(["git", "-C", str(ROOT), "archive", machine.commit], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(place)], input=packed, check=True)
    if person != "root":
        machine.run("root", ["chown", "-R", f"{USERS[person]}:{USERS[person]}", str(Path(checkout(person)).parent)])


def copy(file: Path, target: Path) -> None:
    """A file of ours, put there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy(file, target)


# --- what is tried ---------------------------------------------------------------------------------------------------


def try_person(machine: Machine, person: str, *, tests: bool) -> list[str]:
    """First start, second start, tests; gives what went wrong."""
    wrong = []
    if person == "plain":
        wrong += without_sudo(machine)
    first, words = start(machine, person)
    wrong += report(machine, person, "first start", first, 90, words)
    if first is None:
        return wrong
    second, words = start(machine, person)
    wrong += report(machine, person, "second start", second, 3, words)
    begun = time.monotonic()
    if person == "plain":
        machine.run("root", [*APT, "install", "chromium", "libatomic1", "postgresql", "sox"])
    few = () if tests else FEW
    done = machine.run(person, ["python3", "-m", "workbench", "test", *few], timeout=3600)
    wrong += report(machine, person, "all tests" if tests else "a few tests", time.monotonic() - begun, 600, "")
    print(done.stdout[-2500:] if done.returncode or tests else done.stdout.strip().splitlines()[-1], flush=True)
    return wrong + ([f"{machine.suite} {person}: tests failed"] if done.returncode else [])


def without_sudo(machine: Machine) -> list[str]:
    """One line that says what to install; then that is done, as whoever runs the machine would."""
    done = machine.run("plain", ["python3", "-m", "workbench", "doctor"], timeout=300)
    lines = [line for line in done.stdout.strip().splitlines() if "apt-get install" in line]
    print(f"{machine.suite} plain: {lines}", flush=True)
    if done.returncode == 0 or len(lines) != 1:
        return [f"{machine.suite} plain: not one line on what to install:\n{done.stdout[-1500:]}"]
    names = lines[0].split("install -y ")[1].split()
    machine.run("root", [*APT, "install", *names])
    return []


def start(machine: Machine, person: str) -> tuple[float | None, str]:
    """Seconds until the demo lab answers on its address, and what was said; None when it never does. It is stopped again."""
    log = machine.folder / "tmp" / f"{person}.log"
    begun = time.monotonic()
    with log.open("wb") as out:
        command = machine.inside(person, ["python3", "-m", "workbench", *demo(machine.port)])
        child = subprocess.Popen(command, env=environment(person), stdout=out, stderr=out, start_new_session=True)
        try:
            while child.poll() is None and time.monotonic() - begun < PATIENCE_SECONDS:
                if answers(machine.port):
                    return time.monotonic() - begun, log.read_text()
                time.sleep(0.1)
            return None, log.read_text()
        finally:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                end_all(machine.folder)
                child.wait()


def demo(port: int) -> list[str]:
    """Nothing to add for the README's own command; another port where 8000 is taken."""
    return [] if port == 8000 else ["demo", "--port", str(port)]


def answers(port: int) -> bool:
    """Does the page answer? An error counts as an answer that is wrong: it does not get better by asking again."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return bool(opener.open(f"http://127.0.0.1:{port}/sign-in", timeout=20).status == 200)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"The first page answers {error.code}: see the log in the machine's /tmp.") from error
    except OSError:
        return False


def report(machine: Machine, person: str, what: str, seconds: float | None, goal: float, words: str) -> list[str]:
    """One printed line; a complaint where the goal is missed."""
    if seconds is None:
        print(f"{machine.suite:<9} {person:<6} {what:<13} never\n{words[-2000:]}", flush=True)
        return [f"{machine.suite} {person}: {what} never answered"]
    print(f"{machine.suite:<9} {person:<6} {what:<13} {seconds:7.1f} s   (goal {goal} s)", flush=True)
    return [f"{machine.suite} {person}: {what} took {seconds:.1f} s"] if seconds > goal else []


def try_machine(suite: str, person: str, options: argparse.Namespace) -> list[str]:
    """A fresh machine for one person; gives what went wrong."""
    folder = made(suite, options.folder)
    if isinstance(folder, str):
        print(folder, flush=True)
        return [folder]
    machine = Machine(suite, folder, options.port, options.commit)
    try:
        with mounted(folder):
            furnish(machine, person)
            return try_person(machine, person, tests=options.tests)
    finally:
        if not options.keep:
            remove(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", nargs="+", default=["bookworm", "trixie", "noble"])
    parser.add_argument("--people", nargs="+", default=list(USERS), choices=list(USERS))
    parser.add_argument("--tests", action="store_true", help="the whole test command instead of a few tests")
    parser.add_argument("--keep", action="store_true", help="leave the machines standing")
    parser.add_argument("--commit", default="HEAD", help="what is unpacked there")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/workbench-bare"))
    options = parser.parse_args()
    if answers(options.port):
        sys.exit(f"Something answers on port {options.port} already: stop it first, or choose another --port.")
    options.folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    for suite in options.suites:
        for person in options.people:
            wrong += try_machine(suite, person, options)
    print("All well." if not wrong else "\n".join(["", "Not well:", *wrong]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
