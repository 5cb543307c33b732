"""Projects from Label Studio configs, and work to and from a live Label Studio server through its own SDK."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from accessibility.sentences import sentence
from task_types import reading, registry, studio
from task_types.errors import TaskTypeError
from workbench import __version__, steps
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import Invalid, Unavailable
from workbench.steps import Depends, Plan

# Where several types could stand for one control, the simplest comes first.
PREFERRED = ("bounding_box", "transcription", "rating", "choice", "tags", "description")
BATCH = 500  # tasks sent at a time


def steps_of(xml: str) -> list[Plan]:
    """
    One step per control of a labelling config.

    Raises:
        Invalid: no XML, no control at all, or a control that no task type stands for (all of them are named).
    """
    try:
        view = studio.parse(xml)
    except TaskTypeError as error:
        raise Invalid(error.message, field="label_studio") from error
    controls = [element for element in view.iter() if element.get("toName")]
    if not controls:
        raise Invalid("This config asks nothing: it has no control with toName. Give a labelling config.", field="label_studio")
    found = [(control, _plan(view, control, alone=len(controls) == 1)) for control in controls]
    strange = [f'<{control.tag} name="{control.get("name")}">' for control, plan in found if plan is None]
    if strange:
        raise Invalid(
            sentence(
                "No kind of work here does {names}. Leave it out; known: {known}.", names=", ".join(strange), known=_known()
            ),
            field="label_studio",
        )
    return [plan for _, plan in found if plan is not None]


def _plan(view: ET.Element, control: ET.Element, *, alone: bool) -> Plan | None:
    one = ET.Element("View")
    # With several controls a header may belong to any of them, so it is nobody's question.
    one.extend([header for header in view.iter("Header") if alone][:1])
    wanted = control.get("toName", "").split(",")
    one.extend([element for element in view.iter() if element.get("name") in wanted and element.get("value", "")[:1] == "$"])
    one.append(control)
    xml = ET.tostring(one, encoding="unicode")
    for name in dict.fromkeys([*PREFERRED, *registry.names()]):
        mapping = registry.get(name).label_studio
        settings = mapping.from_config(xml) if mapping is not None and mapping.control == control.tag else None
        if settings is not None:
            return Plan(control.get("name") or name, name, reading.dumped(settings), _visible_when(view, control))
    return None


def _visible_when(view: ET.Element, control: ET.Element) -> Depends | None:
    """
    A control, or a view around it, that is shown only for some answers to another one: a step of its own, asked then.

    Raises:
        Invalid: a condition that no step can wait for.
    """
    around = {child: parent for parent in view.iter() for child in parent}
    element: ET.Element | None = control
    while element is not None and not element.get("visibleWhen"):
        element = around.get(element)
    if element is None:
        return None
    kind, tag = element.get("visibleWhen", ""), element.get("whenTagName")
    values = element.get("whenChoiceValue") or element.get("whenLabelValue") or ""
    wanted = frozenset(value.strip() for value in values.split(",") if value.strip())
    if tag is None or kind not in ("choice-selected", "choice-unselected", "region-selected"):
        raise Invalid(
            sentence('No step can wait for visibleWhen="{kind}". Use choice-selected with whenTagName.', kind=kind),
            field="label_studio",
        )
    return Depends(tag, unless=wanted) if kind == "choice-unselected" else Depends(tag, wanted)


def _known() -> str:
    mappings = [registry.get(name).label_studio for name in registry.names()]
    return ", ".join(sorted({mapping.control for mapping in mappings if mapping is not None}))


def create_project(
    ctx: Context, name: str, xml: str, *, client: str | None = None, draft: bool = False, created_by: int | None = None
) -> Project:
    """
    A project with a step for each control of a labelling config, each a single question; export joins the answers again.

    Raises:
        Invalid: see `steps_of`, or an empty name.
        Conflict: the name is taken.
    """
    return steps.create(
        ctx, name, steps_of(xml), client=client, draft=draft, settings={"label_studio_config": xml}, created_by=created_by
    )


def pull(ctx: Context, project: Project, *, url: str, api_key: str, project_id: int) -> str:
    """
    Fetch the tasks of a project on a Label Studio server and ingest them; what is known already is not added twice.

    Raises:
        Unavailable: the SDK is not installed, or the server did not answer well.
    """
    from workbench import ingest

    tasks = _asked(url, lambda: list(_tasks(_sdk(url, api_key), project_id)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"label-studio-{project_id}.json"
        path.write_text(json.dumps(tasks), "utf-8")
        report = ingest.ingest(ctx, project, [path], created_by=None, progress=lambda _done, _total: None)
    return sentence(
        "{count} tasks fetched: {added} sources added, {known} known already.",
        count=len(tasks),
        added=report.sources_added,
        known=report.sources_known,
    )


def push(ctx: Context, project: Project, *, url: str, api_key: str, project_id: int) -> str:
    """
    Send the settled work of a project to a Label Studio server, as tasks with their annotations.

    Raises:
        Invalid: the project cannot be written as Label Studio JSON.
        Unavailable: the SDK is not installed, or the server did not answer well.
    """
    from workbench import export

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.json"
        export.export(ctx, project, "label_studio", path)
        tasks = [task for task in json.loads(path.read_text("utf-8")) if task["annotations"]]
    client = _sdk(url, api_key)
    for start in range(0, len(tasks), BATCH):
        part = [_to_send(task) for task in tasks[start : start + BATCH]]
        _asked(url, lambda part=part: client.projects.import_tasks(id=project_id, request=part))
    return sentence("{count} tasks sent to {url}.", count=len(tasks), url=url)


def _tasks(client: Any, project_id: int) -> Iterator[dict[str, Json]]:
    """Page by page. The SDK's own pager asks on until a page is empty, and the server answers 404 beyond the last one."""
    from label_studio_sdk.core.api_error import ApiError

    for page in count(1):
        try:
            found = client.tasks.list(project=project_id, page=page, page_size=BATCH, fields="all").items or []
        except ApiError as error:
            if page > 1 and error.status_code == 404:
                return
            raise
        yield from map(_plain, found)
        if len(found) < BATCH:
            return


def _to_send(task: dict[str, Json]) -> dict[str, Json]:
    # Numbers of tasks are the server's to give.
    kept = ("result", "ground_truth", "was_cancelled")
    annotations = [{name: one[name] for name in kept} for one in task["annotations"]]
    return {"data": task["data"], "meta": task["meta"], "annotations": annotations}


def _plain(task: Any) -> dict[str, Json]:
    found: dict[str, Json] = json.loads(task.json()) if hasattr(task, "json") else dict(task)
    return {name: found[name] for name in ("id", "data", "meta", "annotations", "predictions") if found.get(name) is not None}


def _sdk(url: str, api_key: str) -> Any:
    try:
        from label_studio_sdk.client import LabelStudio
    except ImportError as error:
        raise Unavailable(
            "The Label Studio SDK is not installed. Install it: pip install annotation-lab[label-studio]"
        ) from error
    headers = {"User-Agent": f"annotation-lab/{__version__}"}
    make: Any = LabelStudio
    return make(base_url=url.rstrip("/"), api_key=api_key, headers=headers)


def _asked(url: str, work: Any) -> Any:
    """Whatever the SDK and its HTTP client raise becomes one sentence."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        return work()
    except ApiError as error:
        hint = sentence("Check the API key.") if error.status_code in (401, 403) else sentence("Check the project's number.")
        raise Unavailable(
            sentence("Label Studio at {url} answered {status_code}. {hint}", url=url, status_code=error.status_code, hint=hint)
        ) from error
    except httpx.HTTPError as error:
        raise Unavailable(
            sentence("Label Studio at {url} does not answer: {error}. Is it running?", url=url, error=error)
        ) from error
