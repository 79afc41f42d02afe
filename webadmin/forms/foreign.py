"""Fields of WTForms, of sqladmin and of the host's own, as controls of ours."""

from __future__ import annotations

from typing import Any

import wtforms

_KINDS = {
    "number": "number",
    "date": "date",
    "time": "time",
    "datetime-local": "datetime",
    "checkbox": "checkbox",
}


def foreign_control(field: wtforms.Field) -> dict[str, Any]:
    """The looks of a control: kind, value, input_type and ``choices`` as ``(value, label, selected)``."""
    if isinstance(field, wtforms.BooleanField):
        return {"kind": "checkbox", "value": "true" if field.data else ""}
    choices = getattr(field, "iter_choices", None)
    if choices is not None and not isinstance(field, wtforms.SelectMultipleField):
        listed = [(_value(choice), str(choice[1]), bool(choice[2])) for choice in choices()]
        return {"kind": "select", "choices": listed, "value": next((v for v, _label, on in listed if on), "")}
    value = getattr(field, "_value", None)
    text = str(value()) if value is not None else _plain(field.data)
    if isinstance(field, wtforms.TextAreaField):
        return {"kind": "textarea", "value": text, "wide": True}
    input_type = str(getattr(field.widget, "input_type", "text"))
    if input_type == "datetime-local" or isinstance(field, wtforms.DateTimeLocalField):
        text = text.replace(" ", "T")
    if input_type == "password":
        text = ""
    step = (field.render_kw or {}).get("step")
    return {
        "kind": _KINDS.get(input_type, "text"),
        "input_type": input_type if input_type not in {"select", "hidden"} else "text",
        "value": text,
        "step": str(step)
        if step is not None
        else "any"
        if input_type == "number" and _has_decimals(field)
        else None,
    }


def hides_value(field: wtforms.Field) -> bool:
    """Whether a field never shows what is stored: a password."""
    return getattr(field.widget, "input_type", "") == "password"


def _value(choice: Any) -> str:
    return "" if choice[0] is None else str(choice[0])


def _plain(data: Any) -> str:
    if data is None:
        return ""
    return ", ".join(map(str, data)) if isinstance(data, list | tuple | set) else str(data)


def _has_decimals(field: wtforms.Field) -> bool:
    return not isinstance(field, wtforms.IntegerField)
