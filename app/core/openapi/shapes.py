"""The schemas of all contracts, each said once under components, and examples made from them."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from app.core.contract import Contract
from app.core.types import Out

PREFIX = "#/components/schemas/"
LEAVES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
EXAMPLE_ID = "65c1f0a2b7e4d93f5a1c2e70"
EXAMPLE_INSTANT = "2026-02-01T06:30:00+00:00"
FORMATS = {"date": "2026-02-01", "date-time": EXAMPLE_INSTANT, "email": "asha@example.com"}

Schema = dict[str, Any]


class FieldFault(Out):
    """One field at fault."""

    loc: list[str | int]
    msg: str
    type: str


class FailureData(Out):
    """What went wrong, for programs."""

    message: str
    code: str
    request_id: str
    details: list[FieldFault] | None = None


class FailureEnvelope(Out):
    """Every failure: `fail` for 4xx, `error` for 5xx; `details` only where fields are at fault."""

    status: Literal["fail", "error"]
    message: str
    data: FailureData


FAILURE = TypeAdapter(FailureEnvelope)


class _Untitled(GenerateJsonSchema):
    """Without a title on every field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 -- pydantic's signature
        return False


class Shapes:
    """The JSON Schemas of everything the contracts take and give."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        inputs: list[tuple[int, Literal["validation", "serialization"], TypeAdapter[Any]]] = []
        for spec in contracts:
            inputs += [(id(taken), "validation", taken) for taken in (spec.body, spec.upload, spec.query) if taken]
            inputs += [(id(given), "serialization", given) for given in spec.returns.values()]
        inputs.append((id(FAILURE), "serialization", FAILURE))
        schemas, definitions = TypeAdapter.json_schemas(
            inputs, ref_template=PREFIX + "{model}", schema_generator=_Untitled
        )
        self._by_adapter = {key: schema for (key, _), schema in schemas.items()}
        self.components: dict[str, Schema] = definitions["$defs"]
        self._queries: dict[str, Schema] = {}
        for spec in contracts:
            if spec.query:
                self._move_query(self.of(spec.query))

    def of(self, adapter: TypeAdapter[Any]) -> Schema:
        """The schema of one adapter, usually a reference into `components`."""
        return self._by_adapter[id(adapter)]

    def resolve(self, schema: Schema) -> Schema:
        """The schema itself where a reference was given."""
        while "$ref" in schema:
            name = schema["$ref"].removeprefix(PREFIX)
            schema = self.components.get(name) or self._queries[name]
        return schema

    def samples(self, schema: Schema) -> list[Any]:
        """Every example of a schema, those of all its alternatives; at least one, made up if need be."""
        schema = self._with_examples(schema)
        parts = schema.get("oneOf") or schema.get("anyOf") or []
        alternatives = [example for part in parts for example in self.samples(part)]
        return schema.get("examples") or alternatives or [self.sample(schema)]

    def sample(self, schema: Schema) -> Any:
        """An example of a schema: its own if it has one, else composed from those of its parts."""
        schema = self._with_examples(schema)
        if schema.get("examples"):
            return schema["examples"][0]
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                return self.sample(schema[key][0])
        return self._compose(schema)

    def _with_examples(self, schema: Schema) -> Schema:
        own = {"examples": schema["examples"]} if "examples" in schema else {}
        return {**self.resolve(schema), **own}

    def _compose(self, schema: Schema) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: self.sample(part) for name, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.sample(schema["items"])] if "items" in schema else []
        if "[0-9a-f]{24}" in schema.get("pattern", ""):
            return EXAMPLE_ID
        return FORMATS.get(schema.get("format", ""), LEAVES[kind])

    def _move_query(self, schema: Schema) -> None:
        # Parameters are documented one by one, so the model that reads them is no component.
        name = schema.get("$ref", "").removeprefix(PREFIX)
        if name in self.components:
            self._queries[name] = self.components.pop(name)
