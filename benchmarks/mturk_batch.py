"""
A batch of MTurk or Turkle: import of a CSV file, then eight people at once, here and in Turkle, in the same run.

    .venv/bin/python benchmarks/mturk_batch.py [--rows 100000] [--seconds 15] [--turkle PYTHON]

PYTHON is that of an environment with `pip install turkle==3.1.0 gunicorn`; without it only this side runs. Both take the
same template and the same table. Each person does what a browser does: the next question, its page, the page in the
frame, the answer. Turkle gets SQLite and gunicorn with two workers, as its own image, and takes the table by its form,
the faster of its two ways. CPU seconds are those of the server; the rates of one run are compared, not those of two days.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.hot_path import cpu_seconds, free_port, percentile, settle_down

TEMPLATE = """<p>Read the sentence and choose the sentiment.</p><blockquote>${text}</blockquote>
<label><input type="radio" name="sentiment" value="pos" required> positive</label>
<label><input type="radio" name="sentiment" value="neg"> negative</label>
<textarea name="comment" aria-label="comment"></textarea>"""
_TEXT = "the workshop opened late and people waited outside while it rained but the coffee was good"
WORDS = _TEXT.split()
PEOPLE = 8
ROUNDS = 3
GOAL_SECONDS, GOAL_TIMES = 20, 10
FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}


def write_table(path: Path, rows: int) -> None:
    """Sentences of eighteen words, always the same."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["item_id", "text"])
        out.writerows([f"item-{i:07d}", " ".join(WORDS[(i * 7 + k * 3) % len(WORDS)] for k in range(18))] for i in range(rows))


@dataclass
class Visitor:
    """A small browser: one connection that stays open where the server lets it, and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3600)

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Status, where it leads, and what it says."""
        data = urllib.parse.urlencode(body).encode() if isinstance(body, dict) else body
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**(FORM_TYPE if isinstance(body, dict) else {}), "cookie": kept, "referer": f"http://127.0.0.1:{self.port}/"}
        try:
            self.connection.request(method, path, data, sent | (headers or {}))
            answer = self.connection.getresponse()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection.request(method, path, data, sent | (headers or {}))
            answer = self.connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("location") or "", text


Turn = Callable[[Visitor], bool]  # one question from beginning to end; False: refused


@dataclass(frozen=True)
class Rate:
    """What eight people did: questions a second, the 99th percentile of a question in ms, refusals, CPU ms of the server."""

    a_second: float
    p99_ms: float
    refused: int
    cpu_ms: float


@dataclass(frozen=True)
class Side:
    """A server that runs, with the people who are signed in to it."""

    name: str
    pid: int
    turns: list[tuple[Visitor, Turn]]


def drive(side: Side, seconds: float) -> Rate:
    """All of them at once for so long, once the server has little else to do."""
    turns, pid = side.turns, side.pid
    times: list[float] = []
    refused = [0]
    for visitor, turn in turns[:2]:
        turn(visitor)  # templates and words are loaded with the first ones
    settle_down(pid)
    stop = time.perf_counter() + seconds

    def work(visitor: Visitor, turn: Turn) -> None:
        while (started := time.perf_counter()) < stop:
            if turn(visitor):
                times.append(time.perf_counter() - started)
            else:
                refused[0] += 1

    before, began = cpu_seconds(pid), time.perf_counter()
    threads = [threading.Thread(target=work, args=each) for each in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    done, p99_ms = max(1, len(times)), percentile(times, 0.99) * 1000 if times else 0.0
    return Rate(len(times) / wall, p99_ms, refused[0], (cpu_seconds(pid) - before) * 1000 / done)


@contextmanager
def server(command: list[str], port: int, **more: object) -> Iterator[int]:
    """A server in a process of its own; its id, once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)  # type: ignore[call-overload]
    try:
        for _ in range(600):
            try:
                Visitor(port).ask("GET", "/")
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


# --- here ------------------------------------------------------------------------------------------------------------


@contextmanager
def here(folder: Path) -> Iterator[Side]:
    """Import by the command, then a server with eight workers."""
    program = str(Path(sys.executable).with_name("workbench"))
    environ = {**os.environ, "WORKBENCH_DATA": str(folder / "lab")}

    def command(*words: str) -> str:
        return subprocess.run([program, *words], env=environ, check=True, capture_output=True, text=True).stdout

    people = [json.loads(command("person", "add", f"Worker {n}", "--role", "worker", "--json")) for n in range(PEOPLE)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command("mturk", "import-batch", str(folder / "t.html"), str(folder / "rows.csv"), "--name", "bench")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    verdict = "holds" if cpu < GOAL_SECONDS else "MISSED"
    wall, memory = time.perf_counter() - began, after.ru_maxrss // 1024
    print(f"import here: {cpu:.1f} s CPU ({verdict}, goal {GOAL_SECONDS}), {wall:.1f} s on the clock, {memory} MiB at most")
    port = free_port()
    with server([program, "serve", "--port", str(port)], port, env=environ) as pid:
        turns = []
        for one in people:
            visitor = Visitor(port)
            visitor.ask("GET", urllib.parse.urlsplit(one["link"]).path)
            turns.append((visitor, turn_here))
        yield Side("here", pid, turns)


def turn_here(visitor: Visitor) -> bool:
    """The next question, its page, the page in the frame, the answer."""
    status, page, _ = visitor.ask("GET", "/work/next")
    if status != 303 or not re.fullmatch(r"/work/[0-9a-f]{24}", page.partition("?")[0]):
        return False
    visitor.ask("GET", page)
    _, framed, _ = visitor.ask("GET", page.replace("/work/", "/mturk/frame/"))
    status, _, text = visitor.ask("GET", framed)
    if status != 200 or b"Read the sentence" not in text:
        return False
    to = framed.partition("?")[0]
    status, _, _ = visitor.ask("POST", f"{to}/mturk/externalSubmit", {"sentiment": "pos", "comment": "fine", "assignmentId": "x"})
    return status == 201


# --- Turkle ----------------------------------------------------------------------------------------------------------

SITE = """
import os
BASE = os.environ["TURKLE_BASE"]
SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF, USE_TZ = "bench", False, ["*"], "site_urls", True
INSTALLED_APPS = ["turkle", "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.humanize", "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
    "guardian", "djaa_list_filter2", "rest_framework", "rest_framework.authtoken"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(BASE, "db.sqlite3")}}
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"]
DEFAULT_AUTO_FIELD, STATIC_URL, LOGIN_REDIRECT_URL = "django.db.models.AutoField", "/static/", "/"
DATA_UPLOAD_MAX_NUMBER_FIELDS, MESSAGE_STORAGE = None, "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE, TURKLE_TEMPLATE_LIMIT, TURKLE_AUTO_ACCEPT_DEFAULT = 500_000_000, 64, True
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("", include("django.contrib.auth.urls")), path("", include("turkle.urls"))]
"""
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
SEED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from turkle.models import Project
U = get_user_model()
U.objects.create_superuser("admin", "a@example.org", "pw")
U.objects.bulk_create([U(username=f"w{i}", password=make_password("pw")) for i in range(%d)])
html = open("t.html").read()
p = Project(name="bench", filename="t.html", html_template=html)
p.save()
"""
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@contextmanager
def turkle(python: str, folder: Path) -> Iterator[Side]:
    """A server, import by its form, eight workers."""
    for name, text in (("site_settings.py", SITE), ("site_urls.py", URLS), ("site_wsgi.py", WSGI), ("seed.py", SEED % PEOPLE)):
        (folder / name).write_text(text)
    environ = {**os.environ, "TURKLE_BASE": str(folder), "DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(folder)}
    subprocess.run([python, "seed.py"], cwd=folder, env=environ, check=True, capture_output=True)
    port = free_port()
    command = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--timeout", "3600", "site_wsgi"]
    with server(command, port, cwd=folder, env=environ) as pid:
        before, began = cpu_seconds(pid), time.perf_counter()
        admin = signed_in(port, "admin", "/admin/login/")
        upload(admin, folder / "rows.csv")
        print(f"import Turkle: {cpu_seconds(pid) - before:.1f} s CPU, {time.perf_counter() - began:.1f} s on the clock")
        admin.ask("POST", "/admin/turkle/batch/1/publish/", {"csrfmiddlewaretoken": admin.cookies["csrftoken"]})
        yield Side("Turkle", pid, [(signed_in(port, f"w{n}"), turn_turkle) for n in range(PEOPLE)])


def signed_in(port: int, name: str, path: str = "/login/") -> Visitor:
    """Somebody who is signed in."""
    visitor = Visitor(port)
    visitor.ask("GET", path)
    fields = {"username": name, "password": "pw", "next": "/", "csrfmiddlewaretoken": visitor.cookies["csrftoken"]}
    assert visitor.ask("POST", path, fields)[0] == 302, "Turkle did not let us in"
    return visitor


def upload(admin: Visitor, table: Path) -> None:
    """The table by the form of its admin pages."""
    mark, fields = uuid.uuid4().hex, {"project": "1", "name": "b", "assignments_per_task": "1", "allotted_assignment_time": "24"}
    fields |= {"csrfmiddlewaretoken": admin.cookies["csrftoken"], "active": "on", "login_required": "on"}
    parts = [f'--{mark}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{mark}\r\ncontent-disposition: form-data; name="csv_file"; filename="b.csv"\r\ncontent-type: text/csv\r\n\r\n'
    body = "".join([*parts, head, table.read_text(), f"\r\n--{mark}--\r\n"]).encode()
    kind = {"content-type": f"multipart/form-data; boundary={mark}"}
    status, _, text = admin.ask("POST", "/admin/turkle/batch/add/", body, kind)
    assert status == 302, re.findall(rb"errorlist.*?</ul>", text, re.DOTALL)[:3]


def turn_turkle(visitor: Visitor) -> bool:
    """The next task, its page, its frame, the answer."""
    status, page, _ = visitor.ask("GET", "/batch/1/accept_next_task/")
    found = re.search(r"/task/(\d+)/assignment/(\d+)/", page)
    if status != 302 or found is None:
        return False
    visitor.ask("GET", page)
    _, _, text = visitor.ask("GET", f"/task/{found[1]}/assignment/iframe/{found[2]}/")
    token = CSRF.search(text)
    if token is None:
        return False
    fields = {"csrfmiddlewaretoken": token[1].decode(), "sentiment": "pos", "comment": "fine"}
    return visitor.ask("POST", page, fields)[0] == 302


def main() -> None:
    """Measure and say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--turkle", help="python of an environment with turkle and gunicorn")
    given = parser.parse_args()
    print(f"{given.rows:,} rows, {PEOPLE} people, {given.seconds:.0f} s each; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        folder = Path(name)
        write_table(folder / "rows.csv", given.rows)
        (folder / "t.html").write_text(TEMPLATE)
        with ExitStack() as stack:
            sides = [stack.enter_context(here(folder))]
            if given.turkle:
                sides.append(stack.enter_context(turkle(given.turkle, folder)))
            # In turns: the machine is as busy for the one as for the other.
            rounds = [[drive(side, given.seconds / ROUNDS) for side in sides] for _ in range(ROUNDS)]
        report(sides, rounds)


def report(sides: list[Side], rounds: list[list[Rate]]) -> None:
    """Each round, and the middle of what they say."""
    for number, side in enumerate(sides):
        for each in rounds:
            rate = each[number]
            print(
                f"{side.name}: {rate.a_second:.1f}/s, p99 {rate.p99_ms:.0f} ms, {rate.cpu_ms:.0f} ms CPU, {rate.refused} refused"
            )
    refused = sum(each[0].refused for each in rounds)
    print(f"refused here: {refused} ({'holds' if not refused else 'MISSED'}, goal 0)")
    if len(sides) > 1:
        times = median(ours.a_second / max(theirs.a_second, 1e-9) for ours, theirs in rounds)
        print(f"{times:.1f} times Turkle's rate ({'holds' if times >= GOAL_TIMES else 'MISSED'}, goal {GOAL_TIMES})")


if __name__ == "__main__":
    main()
