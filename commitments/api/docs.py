"""The API's documentation as a page of the site, made from its own description: no script, no other host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from .endpoints import Followed, OfReport, Selection, api
from .words import told

# What is asked, not answered: told as the parameters of each address.
QUESTIONS = {question.__name__ for question in (OfReport, Followed, Selection)}


@dataclass(frozen=True)
class Line:
    """A parameter or a field: name, type in words, meaning."""

    name: str
    type: str
    meaning: str
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    """One address with its parameters and what it answers."""

    path: str
    summary: str
    description: str
    parameters: list[Line]
    answers: list[tuple[str, str]]
    anchor: str


@dataclass(frozen=True)
class Shape:
    """A named object with its fields."""

    name: str
    description: str
    fields: list[Line] = field(default_factory=list)


@require_safe
def beginning(request: HttpRequest) -> JsonResponse:
    """Answer with the addresses that the API has."""
    root = request.build_absolute_uri(request.path)
    names = ["reports", "areas", "commitments", "updates", "openapi.json", "docs"]
    response = JsonResponse({name.removesuffix(".json"): f"{root}{name}" for name in names})
    response["Access-Control-Allow-Origin"] = "*"
    return response


# Neither for the reader alone nor with a token in it: compressing it gives nothing away.
@gzip_page
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every address, its parameters and the shapes of its answers."""
    description = api.get_openapi_schema()
    named = description["components"]["schemas"]
    context = {
        "about": told(description["info"]["description"]),
        "operations": list(operations(description["paths"], named)),
        "shapes": list(shapes(named)),
        "openapi": f"{request.path.removesuffix('docs')}openapi.json",
    }
    return render(request, "api/docs.html", context)


def operations(paths: dict[str, Any], named: dict[str, Any]) -> Iterable[Operation]:
    """Yield the operations in the order in which they are written down."""
    for path, methods in paths.items():
        for operation in methods.values():
            yield Operation(
                path=path,
                summary=told(operation["summary"]),
                description=told(operation.get("description", "")),
                parameters=[
                    Line(
                        parameter["name"],
                        type_of(parameter["schema"], named),
                        told(parameter.get("description") or parameter["schema"].get("description", "")),
                        parameter.get("required", False),
                    )
                    for parameter in operation.get("parameters", ())
                ],
                answers=[
                    (str(code), answer_of(answer, named)) for code, answer in operation["responses"].items()
                ],
                anchor=operation["operationId"],
            )


def shapes(schemas: dict[str, Any]) -> Iterable[Shape]:
    """Yield the named objects by name; the choices among them are told where they are used."""
    for name, schema in sorted(schemas.items()):
        if schema.get("type") == "object" and schema.get("properties") and name not in QUESTIONS:
            required = schema.get("required", ())
            lines = [
                Line(key, type_of(value, schemas), told(value.get("description", "")), key in required)
                for key, value in schema["properties"].items()
            ]
            yield Shape(name, told(schema.get("description", "")), lines)


def answer_of(answer: dict[str, Any], named: dict[str, Any]) -> str:
    """Return what is answered, in words."""
    content = answer.get("content", {}).get("application/json", {})
    return type_of(content["schema"], named) if content else ""


def type_of(schema: dict[str, Any], named: dict[str, Any]) -> str:
    """Return a type in words: its name, a list of it, one of several, or the choices themselves."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return type_of(named[name], named) if "enum" in named.get(name, {}) else name
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(type_of(choice, named) for choice in schema["anyOf"])
    if "allOf" in schema:
        return " & ".join(type_of(part, named) for part in schema["allOf"])
    if schema.get("type") == "array":
        return f"[{type_of(schema['items'], named)}]"
    if schema.get("pattern"):
        return f"{schema.get('type', '')} {schema['pattern']}"
    return " ".join(str(schema[key]) for key in ("type", "format") if key in schema)
