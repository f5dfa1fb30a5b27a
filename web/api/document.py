"""The OpenAPI 3.1 document and the page on which people read it, both made from the routes themselves."""

from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_smorest import Api
from marshmallow.fields import Field, String, Tuple

from web.access import public
from web.api.commands import WeekField
from web.api.repeats import HEADER
from web.api.shapes import WeekText
from web.forms.accounts import Telephone
from web.forms.schema import SAYS, ClockTime
from web.forms.volunteers import HourCell

reading = Blueprint("api", __name__)
PREFIX = "/api/v1"
_KEY = "linli.api"
#: How texts of our own fields look.
_PATTERNS: dict[type[Field[Any]], str] = {
    ClockTime: r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    WeekField: r"^20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-2])$",
    HourCell: r"^[0-6]-([0-9]|1[0-9]|2[0-3])$",
    Telephone: r"^1[0-9]{10}$",
}
#: What may be answered beside success, always as a problem.
PROBLEMS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
_KEY_HEADER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "one effect, however often it is sent within 24 hours",
}
_METHODS = ("get", "post", "put", "patch", "delete")


class QuietApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest without its own error pages: problem+json is ours."""

    def _register_error_handlers(self) -> None:
        pass


def describe(app: Flask, *blueprints: Any) -> None:
    """Serve `blueprints` under ``/api/v1`` and describe them."""
    app.config.from_mapping(API_TITLE="Linli 邻里", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = QuietApi(app, spec_kwargs={"security": [{"token": []}], "info": {"description": __doc__.splitlines()[0]}})
    _say_fields(api)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.extensions[_KEY] = api


def _say_fields(api: Api) -> None:
    """Describe fields of our own, and what their checks allow, in the words of JSON Schema."""
    api.register_field(ClockTime, "string", None)
    api.register_field(WeekField, "string", None)
    api.register_field(WeekText, "string", None)
    api.register_field(HourCell, "string", None)
    api.register_field(Telephone, "string", None)
    api.register_field(Tuple, "array", None)
    api.ma_plugin.converter.add_attribute_function(_allowed)


def _allowed(_converter: Any, field: Field[Any], **_options: Any) -> dict[str, Any]:
    """Say what a field allows beyond its type."""
    said: dict[str, Any] = {}
    for check in field.validators:
        said |= getattr(check, "__dict__", {}).get(SAYS, {})
    for kind, pattern in _PATTERNS.items():
        if isinstance(field, kind):
            said["pattern"] = pattern
    if isinstance(field, String) and field.required and "enum" not in said:
        said["pattern"] = r"\S"
    return said


def document() -> dict[str, Any]:
    """Give the document."""
    api = current_app.extensions[_KEY]
    whole = cast("dict[str, Any]", api.spec.to_dict())
    for item in whole["paths"].values():
        for method in _METHODS:
            if method in item:
                _say_answers(method, item[method])
    whole["components"]["responses"] = {"Problem": _problem()}
    return whole


def _say_answers(method: str, operation: dict[str, Any]) -> None:
    """Name every answer of an operation: its own, and the problems that any may have."""
    own = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    operation["responses"] = own | {str(status): {"$ref": "#/components/responses/Problem"} for status in PROBLEMS}
    if method == "post" and operation.get("security") != []:
        operation.setdefault("parameters", []).append(_KEY_HEADER)


@reading.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """Give the document to a program."""
    return jsonify(document())


@reading.get("/api/docs")
@public
def page() -> str:
    """Show the document to a person."""
    whole = document()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, item in whole["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    schemas = whole["components"].get("schemas", {})
    return render_template("site/api.html", operations=operations, schemas=schemas, type_name=type_name)


def type_name(schema: dict[str, Any]) -> str:
    """Say a JSON schema in a few words: ``[Role]``, ``string or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"][:6])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{type_name(schema.get('items', {}))}]"
    text = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{text} ({schema['format']})" if "format" in schema else text


def _problem() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    properties = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text}
    properties["errors"] = {"type": "object", "additionalProperties": text}
    properties |= {"parameters": {"type": "object"}, "request_id": text}
    schema = {"type": "object", "properties": properties, "required": ["type", "title", "status", "code"]}
    return {"description": "A problem (RFC 9457)", "content": {"application/problem+json": {"schema": schema}}}
