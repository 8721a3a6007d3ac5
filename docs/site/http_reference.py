"""The HTTP reference: the service's own OpenAPI document, and the same as Markdown.

Rendered here and not by a viewer in the browser (Swagger UI, Redoc), so that the site's search finds it, a
test can see that it is complete, and nobody needs a script of a megabyte to read a table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]
METHODS = ("get", "post", "put", "delete")
_REFERENCE = "#/components/schemas/"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the service as it is by default."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - found once the hook has set the path

    from linernotes.catalog import Catalog  # noqa: PLC0415 - the same
    from linernotes.service.app import create_app  # noqa: PLC0415 - the same

    # Never asked: the document is made of the routes alone.
    return dict(create_app(Catalog(create_engine("sqlite://"))).openapi())


def openapi_document() -> str:
    """The document as the file openapi.json."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def rendered() -> str:
    """The operations by tag, then the schemas, as Markdown."""
    described = document()
    tags = {tag["name"]: tag.get("description", "") for tag in described.get("tags", [])}
    usual = _usual(described)
    parts = ["The description as a file: [openapi.json](openapi.json).", described["info"]["description"]]
    parts += ["Every look-up may also be answered with:", _answers(usual)]
    for tag, meaning in tags.items():
        mine = [each for each in _operations(described) if each[2].get("tags", [""])[0] == tag]
        if mine:
            parts += [f"## {tag.capitalize()}", meaning]
            parts += [_operation(path, method, operation, usual) for path, method, operation in mine]
    parts.append("## Schemas")
    parts += [_schema(name, schema) for name, schema in described["components"]["schemas"].items()]
    return "\n\n".join(part for part in parts if part)


def _operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in described["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def _usual(described: Json) -> dict[str, Json]:
    """The answers that every look-up can have, told once."""
    answers = [each["responses"] for path, _, each in _operations(described) if path.startswith("/v1/")]
    return {
        status: answer
        for status, answer in answers[0].items()
        if status != "200" and all(other.get(status) == answer for other in answers)
    }


def _operation(path: str, method: str, operation: Json, usual: Json) -> str:
    parts = [f"### `{method.upper()} {path}` {{#{operation['operationId']}}}"]
    parts.append(operation.get("description") or operation.get("summary", ""))
    parts.append(_parameters(operation.get("parameters", [])))
    body = operation.get("requestBody", {}).get("content", {})
    parts += [f"Body: {_type(content.get('schema', {}))}" for content in body.values()]
    parts += [_example("Such as", content) for content in body.values()]
    answers = operation["responses"].items()
    parts.append(_answers({status: answer for status, answer in answers if answer != usual.get(status)}))
    parts += [
        _example("An answer", content)
        for status, answer in operation.get("responses", {}).items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
    ]
    return "\n\n".join(part for part in parts if part)


def _parameters(parameters: list[Json]) -> str:
    if not parameters:
        return ""
    head = "| parameter | in | type | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(
        f"| `{each['name']}`{' (needed)' if each.get('required') else ''} | {each['in']} "
        f"| {_type(each.get('schema', {}))}{_default(each.get('schema', {}))} "
        f"| {_line(each.get('description'))} |"
        for each in parameters
    )


def _answers(responses: Json) -> str:
    rows = []
    for status, answer in responses.items():
        types = [
            _type(content["schema"]) for content in answer.get("content", {}).values() if "schema" in content
        ]
        rows.append(f"| {status} | {_line(answer.get('description'))} | {', '.join(dict.fromkeys(types))} |")
    return "| status | when | body |\n|---|---|---|\n" + "\n".join(rows)


def _example(title: str, content: Json) -> str:
    examples = [each.get("value") for each in content.get("examples", {}).values()]
    example = content.get("example", examples[0] if examples else None)
    if example is None:
        return ""
    shown = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    language = "text" if isinstance(example, str) else "json"
    return f'??? example "{title}"\n\n' + "\n".join(
        f"    {line}" for line in (f"```{language}", *shown.splitlines(), "```")
    )


def _schema(name: str, schema: Json) -> str:
    parts = [f"### {name}", schema.get("description", "")]
    fields = schema.get("properties", {})
    if fields:
        rows = (
            f"| `{field}` | {_type(inner)}{_default(inner)} | {_line(inner.get('description'))} |"
            for field, inner in fields.items()
        )
        parts.append("| field | type | meaning |\n|---|---|---|\n" + "\n".join(rows))
    else:
        parts.append(_type(schema))
    return "\n\n".join(part for part in parts if part)


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        return f"[{name}](#{name.lower()})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[key]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return f"{schema.get('type', 'anything')}{_bounds(schema)}"


def _bounds(schema: Json) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {_number(schema[key])}" for key, sign in signs.items() if key in schema]
    if "maxLength" in schema:
        found.append(f"at most {schema['maxLength']:,} characters")
    return f" {', '.join(found)}" if found else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _default(schema: Json) -> str:
    default = schema.get("default")
    return "" if default in (None, "", []) else f"; default `{json.dumps(default, ensure_ascii=False)}`"


def _line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
