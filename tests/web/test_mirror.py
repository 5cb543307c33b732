"""All that a coach reads of one person, on any page, stands on a page of that person's own."""

from __future__ import annotations

import re

from fastapi import FastAPI

from tests.builders import person
from tests.coached import a_life
from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from tests.web.test_access import routes, who_may
from workbench import coaching
from workbench.context import Context
from workbench.domain import Role

TEXT = re.compile(r">([^<>]+)<")


# The coach's own doing: buttons, fields, headings; and minutes of guidance added up, which the worker reads line by line.
DOING = re.compile(r"<(script|form|summary|h2)\b.*?</\1>", re.DOTALL)
ADDED_UP = re.compile(r"Opgeschreven in het laatste jaar: \d+ min\.")


def texts(html: str) -> set[str]:
    """What stands in the main part of a page, text by text, without what is there to do something."""
    main = DOING.sub("", html.split("<main", 1)[-1].split("</main>", maxsplit=1)[0])
    return {" ".join(found.split()) for found in TEXT.findall(main)} - {""}


def test_what_stands_on_a_coachs_pages_of_a_person_stands_on_the_persons_own(
    app: FastAPI, ctx: Context, here: Furnished, browser: SignIn
) -> None:
    """Each page with a person in its address: what it shows of Wim and not of a new colleague, Wim can read too."""
    assert here.project
    wim, carla = here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person
    a_life(ctx, wim, carla, here.project)
    noor = person(ctx, "Noor van Zeeland")
    coaching.give_coach(ctx, noor, carla, by=carla)
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    gets = {route.path: who_may(route) for method, route in routes(app) if method == "GET"}
    own = " ".join(" ".join(texts(worker.get(path).text)) for path, who in gets.items() if Role.WORKER in who and "{" not in path)
    guided = [path for path, who in gets.items() if Role.COACH in who and "{person_id}" in path]
    assert len(guided) >= 6
    hidden = []
    for path in guided:
        read = {who.name: coach.get(path.replace("{person_id}", who.public_id)).text for who in (wim, noor)}
        shown = [texts(html.replace(name, "somebody")) for name, html in read.items()]
        hidden += [f"{path}: {text}" for text in shown[0] - shown[1] if text not in own and not ADDED_UP.fullmatch(text)]
    assert hidden == [], "\n".join(hidden)
