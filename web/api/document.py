"""The OpenAPI 3.1 document and the page on which people read it, both made from the routes themselves."""

from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_smorest import Api

from web.access import public

reading = Blueprint("api", __name__)
PREFIX = "/api/v1"
_KEY = "linli.api"
_METHODS = ("get", "post", "put", "patch", "delete")


class QuietApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest without its own error pages: problem+json is ours."""

    def _register_error_handlers(self) -> None:
        pass


def describe(app: Flask, *blueprints: Any) -> None:
    """Serve `blueprints` under ``/api/v1`` and describe them."""
    app.config.from_mapping(API_TITLE="Linli 邻里", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = QuietApi(app, spec_kwargs={"security": [{"token": []}], "info": {"description": __doc__.splitlines()[0]}})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.response("DEFAULT_ERROR", _problem(), lazy=False)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.extensions[_KEY] = api


def document() -> dict[str, Any]:
    """Give the document."""
    api = current_app.extensions[_KEY]
    return cast("dict[str, Any]", api.spec.to_dict())


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
    text = {"type": "string"}
    properties = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text}
    properties["errors"] = {"type": "object"}
    schema = {"type": "object", "properties": properties, "required": ["type", "title", "status", "code"]}
    return {"description": "A problem (RFC 9457)", "content": {"application/problem+json": {"schema": schema}}}
