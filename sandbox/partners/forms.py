"""Find the form on an answer page and fill it in as a person would, without a browser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from sandbox.partners.seed import AnswerWord

_NAME_NAMES = ("by", "name", "who", "person")
_NOTE_NAMES = ("note", "comment", "message", "remark")
_TYPED = {"text", "textarea", "email", "search", "tel", ""}


class NoSuchAnswerError(LookupError):
    """The page offers no form with the wanted answer; the text says what it does offer."""


@dataclass(slots=True)
class Control:
    """One control of a form: `kind` is its input type, or button, textarea, option."""

    kind: str
    name: str
    value: str
    required: bool = False
    checked: bool = False


@dataclass(slots=True)
class Form:
    """One form of a page."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def choices(self) -> list[Control]:
        """The controls of which a person picks one."""
        return [c for c in self.controls if c.kind in {"radio", "button", "submit", "option"}]


class _Reader(HTMLParser):
    """Collects forms and the text that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._hidden_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "head"}:
            self._hidden_depth += 1
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "select":
            self._select = found.get("name", "")
        elif self._form is not None:
            self._control(self._form, tag, found)

    def _control(self, form: Form, tag: str, found: dict[str, str]) -> None:
        kinds = {
            "input": found.get("type", "text").lower(),
            "button": found.get("type", "submit").lower().replace("submit", "button"),
            "textarea": "textarea",
            "option": "option",
        }
        if tag not in kinds or "disabled" in found:
            return
        form.controls.append(
            Control(
                kind=kinds[tag],
                name=self._select if tag == "option" else found.get("name", ""),
                value=found.get("value", "on" if kinds[tag] == "checkbox" else ""),
                required="required" in found,
                checked="checked" in found or "selected" in found,
            )
        )

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"}:
            self._hidden_depth = max(0, self._hidden_depth - 1)
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._hidden_depth and data.strip():
            self.words.append(" ".join(data.split()))


def visible_text(page: str) -> str:
    """The text a person sees on the page, on one line."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(reader.words)


def has_form(page: str) -> bool:
    """Whether the page has any form that changes something."""
    reader = _Reader()
    reader.feed(page)
    return any(form.method == "post" for form in reader.forms)


def fill(
    page: str, url: str, answer: AnswerWord, *, note: str, by: str
) -> tuple[str, dict[str, str]]:
    """Where to POST and what, so that the form on `page` gives `answer`.

    Hidden fields are carried, required boxes ticked, a note field gets `note`; a field for a name,
    and any other that must be filled in and is empty, gets `by`.

    Raises:
        NoSuchAnswerError: no POST form offers the answer.
    """
    reader = _Reader()
    reader.feed(page)
    offered: list[str] = []
    for form in (form for form in reader.forms if form.method == "post"):
        for choice in form.choices():
            if _same(choice.value, answer) and choice.name:
                return urljoin(url, form.action), _fields(form, choice, note, by)
            offered.append(choice.value)
    shown = ", ".join(filter(None, offered)) or "no answer"
    said = " ".join(reader.words)[:300]
    raise NoSuchAnswerError(f"the page offers {shown}, not {answer}. It says: {said}")


def _fields(form: Form, choice: Control, note: str, by: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for control in form.controls:
        if not control.name or control is choice:
            continue
        if control.kind == "hidden":
            fields[control.name] = control.value
        elif control.kind in {"radio", "option"}:
            if control.checked and control.name != choice.name:
                fields[control.name] = control.value
        elif control.kind == "checkbox":
            if control.required or control.checked:
                fields[control.name] = control.value
        elif control.kind in _TYPED:
            fields[control.name] = _typed(control, note, by)
    if choice.name in fields:  # a hidden field of the same name would speak twice
        del fields[choice.name]
    return fields | {choice.name: choice.value}


def _typed(control: Control, note: str, by: str) -> str:
    """What a person types: a note, their name, and into what may stay empty nothing."""
    name = control.name.lower()
    if any(word in name for word in _NOTE_NAMES):
        return note
    if control.value or not (control.required or any(word in name for word in _NAME_NAMES)):
        return control.value
    return by


def _same(offered: str, wanted: str) -> bool:
    return offered.strip().lower().replace("-", "_").replace(" ", "_") == wanted
