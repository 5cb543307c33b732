"""What control mappings share: a labelling config with one control, and the regions of its result.

Source: labelstud.io/tags and labelstud.io/guide/task_format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from accessibility.sentences import sentence
from task_types.protocol import AnyTaskType, Case, Json
from task_types.settings import StepSettings, in_locale

OBJECTS = {"image": "Image", "audio": "Audio", "video": "Video", "text": "Text"}


@dataclass(frozen=True)
class Found:
    """A control in somebody's config, with what it says."""

    element: ET.Element
    title: str | None
    data: str | None

    def labels(self) -> list[dict[str, Json]]:
        """Its `Label` or `Choice` children; an alias is what results hold, so it is the value."""
        children = [child for child in self.element.iter() if child.tag in ("Label", "Choice")]
        return [_label(child) for child in children if child.get("value")]

    def settings(self, labels: str | None = None) -> dict[str, Json]:
        """Settings of a step: the question, the labels under this name, and the config's own names."""
        names = {"from_name": self.element.get("name", "answer"), "to_name": self.element.get("toName", "subject")}
        found: dict[str, Json] = {"label_studio": {**names, "data": self.data}}
        if self.title:
            found["question"] = self.title
        return found | ({labels: self.labels()} if labels else {})


def _label(child: ET.Element) -> dict[str, Json]:
    value, alias = child.get("value", ""), child.get("alias")
    return {"value": alias, "text": value} if alias else {"value": value}


@dataclass(frozen=True)
class Control:
    """One control tag and the kinds of object it may stand on."""

    tag: str
    kinds: tuple[str, ...]
    child: str = "Label"

    def config(
        self,
        settings: StepSettings,
        kind: str,
        children: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """A config with the question, the object and this control; `children` are the values to choose from."""
        names = settings.label_studio
        view = ET.Element("View")
        if title := in_locale(settings.question, settings.language):
            ET.SubElement(view, "Header", value=title)
        ET.SubElement(view, OBJECTS[kind], name=names.to_name, value=f"${data_name(settings, kind)}")
        control = ET.SubElement(view, self.tag, {"name": names.from_name, "toName": names.to_name, **(attributes or {})})
        for value in children:
            ET.SubElement(control, self.child, value=value)
        ET.indent(view)
        return ET.tostring(view, encoding="unicode")

    def find(self, xml: str) -> Found | None:
        """The first control of this tag that stands on an object of the right kind."""
        view = parse(xml)
        objects = {element.get("name"): element for element in view.iter() if element.get("value", "").startswith("$")}
        wanted = {OBJECTS[kind] for kind in self.kinds}
        for element in view.iter(self.tag):
            shown = [objects[name] for name in element.get("toName", "").split(",") if name in objects]
            if shown and all(one.tag in wanted for one in shown):
                header = next(iter(view.iter("Header")), None)
                title = (header.get("value") or (header.text or "").strip() or None) if header is not None else None
                return Found(element, title, ",".join(one.get("value", "")[1:] for one in shown))
        return None


def parse(xml: str) -> ET.Element:
    """A config, read safely.

    Raises:
        BadSettings: it is no XML, or it defines entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    from task_types.errors import BadSettings

    try:
        element: ET.Element = fromstring(xml)
    except (ET.ParseError, DefusedXmlException):
        raise BadSettings(sentence("This is not a Label Studio config. Give its XML, from <View> to </View>.")) from None
    return element


def data_name(settings: StepSettings, kind: str) -> str:
    """The task's field that holds the object."""
    return settings.label_studio.data or kind


def region(
    settings: StepSettings, kind: str, value: Mapping[str, Json], *, number: int = 0, extra: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """One entry of a result. Its id is stable, so that the same answer gives the same file."""
    names = settings.label_studio
    return {
        "id": f"{names.from_name}-{number}",
        "from_name": names.from_name,
        "to_name": names.to_name,
        "type": kind,
        **(extra or {}),
        "value": dict(value),
    }


def values(settings: StepSettings, kind: str, result: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    """The values of this question's regions; another control's are left alone."""
    names = settings.label_studio
    return [one["value"] for one in result if one.get("type") == kind and one.get("from_name") == names.from_name]


def lines(settings: StepSettings, result: Sequence[Mapping[str, Json]]) -> list[str]:
    """The texts of a `TextArea`, which holds one string or a list of them."""
    found = [value["text"] for value in values(settings, "textarea", result)]
    return [line for text in found for line in ([text] if isinstance(text, str) else text)]


def only(found: Sequence[Mapping[str, Json]], what: str) -> Mapping[str, Json]:
    """The one value there must be.

    Raises:
        ValueError: there is none.
    """
    if not found:
        raise ValueError(sentence("The result holds no {what}.", what=what))
    return found[0]


def stored_case(task_type: AnyTaskType, asked: Mapping[str, Json]) -> Case[Any, Any]:
    """The case that an export kept beside a task."""
    settings = task_type.settings_model.model_validate(asked["settings"])
    return Case(settings, task_type.payload_model.model_validate(asked["payload"]), settings.language)
