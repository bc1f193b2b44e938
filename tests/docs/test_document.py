"""The OpenAPI document: valid, complete, its examples true."""

import json
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.core.openapi.document import Operation, find_operations

OTHER_HOST = re.compile(r"https?://(?!localhost[:/])|//[a-z0-9-]+\.[a-z]")
TYPESCRIPT = ("--package", "openapi-typescript@7.13.0", "--package", "typescript@5.9.3")
TAGS = [
    "Service",
    "Authentication",
    "Transactions",
    "Receipts",
    "Budgets",
    "Analytics",
    "Insights",
    "Forecasting",
    "AI insights",
    "Imports",
    "Exports",
    "Files",
]


def described(document: dict[str, Any], operation: Operation) -> dict[str, Any]:
    return document["paths"][operation.path][operation.method.lower()]


def response_of(document: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in response:
        return document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response


def examples_of(media: dict[str, Any]) -> list[Any]:
    if media["schema"] == {"type": "string", "format": "binary"}:
        return []
    return [example["value"] for example in media.get("examples", {}).values()] or [media["example"]]


def faults(document: dict[str, Any], schema: dict[str, Any], example: Any) -> list[str]:
    validator = Draft202012Validator({"components": document["components"], **schema})
    return [error.message for error in validator.iter_errors(example)]


def test_is_a_valid_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_view_is_described(app: Flask, document: dict[str, Any]) -> None:
    operations = find_operations(app)
    views = {rule.endpoint for rule in app.url_map.iter_rules()} - {"flasgger.static"}
    assert {operation.rule.endpoint for operation in operations} == views
    for operation in operations:
        entry = described(document, operation)
        assert entry["summary"]
        assert entry["description"]
        assert entry["tags"] == [operation.tag]


def test_an_import_is_said_to_take_no_null_which_a_form_cannot_send(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["ImportForm"]["properties"]
    for name, field in fields.items():
        assert faults(document, field, None), name
    assert faults(document, fields["currency"], "null")


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert sorted(ids) == sorted(set(ids))


def test_tags_come_in_the_order_of_the_blueprints(document: dict[str, Any]) -> None:
    assert [tag["name"] for tag in document["tags"]] == TAGS
    assert all(tag["description"] for tag in document["tags"])


def test_every_operation_describes_the_statuses_it_can_give(app: Flask, document: dict[str, Any]) -> None:
    for operation in find_operations(app):
        spec = operation.spec
        expected = {*spec.returns, *(error.status for error in spec.raises)}
        expected |= {401, 503} if spec.auth != "none" else set()
        expected |= {400, 413, 415, 422, 503} if spec.body or spec.upload else set()
        expected |= {422} if spec.query else set()
        expected |= {404, 503} if "<" in operation.rule.rule else set()
        expected |= {409, 422} if spec.idempotent else set()
        expected |= {429, 503} if spec.limits else set()
        assert set(map(int, described(document, operation)["responses"])) == expected, operation.id


def test_security_follows_the_contract(app: Flask, document: dict[str, Any]) -> None:
    schemes = {"none": [], "access": ["bearerAuth"], "refresh": ["refreshAuth"], "any": ["bearerAuth", "refreshAuth"]}
    for operation in find_operations(app):
        security = described(document, operation)["security"]
        assert [name for choice in security for name in choice] == schemes[operation.spec.auth]


def test_every_request_example_is_accepted_by_its_model(app: Flask, document: dict[str, Any]) -> None:
    taking = [operation for operation in find_operations(app) if operation.spec.body]
    assert taking
    for operation in taking:
        media = described(document, operation)["requestBody"]["content"]["application/json"]
        for example in examples_of(media):
            assert faults(document, media["schema"], example) == [], operation.id
            assert operation.spec.body
            operation.spec.body.validate_python(json.loads(json.dumps(example), parse_float=Decimal))


def test_every_response_example_fits_its_schema(app: Flask, document: dict[str, Any]) -> None:
    for operation in find_operations(app):
        for status, response in described(document, operation)["responses"].items():
            for media in response_of(document, response).get("content", {}).values():
                for example in examples_of(media):
                    assert faults(document, media["schema"], example) == [], (operation.id, status)


def test_every_parameter_example_fits_its_schema(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                for example in [parameter["example"]] if "example" in parameter else []:
                    assert faults(document, parameter["schema"], example) == []


def test_every_component_has_a_plain_name_and_a_use(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for kind in ("schemas", "responses", "headers"):
        for name in document["components"][kind]:
            assert "__" not in name
            assert f'"#/components/{kind}/{name}"' in text, name


def test_names_no_other_host(app: Flask, document: dict[str, Any]) -> None:
    assert not OTHER_HOST.search(json.dumps(document))
    assert not OTHER_HOST.search(app.test_client().get("/api/docs").text)


def test_is_made_once_and_may_be_cached(app: Flask) -> None:
    client = app.test_client()
    first, second = client.get("/api/apispec.json"), client.get("/api/apispec.json/")
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    unchanged = client.get("/api/apispec.json", headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert unchanged.data == b""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npx") is None, reason="makes TypeScript types with npx, which comes with Node.js")
def test_typescript_types_come_without_a_warning(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    for command in (
        ["openapi-typescript", "openapi.json", "--output", "types.ts"],
        ["tsc", "--noEmit", "--strict", "types.ts"],
    ):
        made = subprocess.run(
            ["npx", "--yes", "--loglevel=error", *TYPESCRIPT, *command],  # npm's own warnings say nothing of ours
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        assert "warn" not in (made.stdout + made.stderr).lower()
    assert "TransactionOut" in (tmp_path / "types.ts").read_text()
