"""Swagger UI, as its headers say and as a real browser shows it."""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.factories import PASSWORD, new_email

CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium: apt-get install chromium")


class Browser:
    """A page of Swagger UI, and what went wrong on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.url}/api/docs{query}")
        expect(self.page.locator(".opblock").first).to_be_visible()

    def operation(self, operation_id: str) -> Locator:
        block = self.page.locator(f"[id^='operations-'][id$='-{operation_id}']")
        if "is-open" not in (block.get_attribute("class") or ""):  # a reload opens the last one again
            block.locator(".opblock-summary-control").click()
        if block.locator(".execute").count() == 0:
            block.locator(".try-out__btn").click()
        return block

    def execute(self, operation_id: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run an operation by its own buttons; its answer must be a success."""
        block = self.operation(operation_id)
        if body is not None:
            block.locator(".body-param__text").fill(json.dumps(body))
        block.locator(".execute").click()
        live = block.locator(".live-responses-table .response").first
        expect(live.locator(".response-col_status")).to_have_text(re.compile(r"^20\d"))
        return json.loads(live.locator(".highlight-code code").first.inner_text())

    def authorise(self, token: str) -> None:
        self.page.locator(".auth-wrapper .authorize").first.click()
        dialog = self.page.locator(".modal-ux")
        dialog.locator("input[type=text]").first.fill(token)
        dialog.locator("button.authorize").first.click()
        dialog.locator("button.btn-done").first.click()


@pytest.fixture
def browser(live_url: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Browser(chromium.new_page(), live_url)
        chromium.close()


@pytest.mark.slow
@needs_browser
def test_a_person_tries_the_api_from_the_page(browser: Browser, live_url: str) -> None:
    browser.open()
    account = {"email": new_email(), "password": PASSWORD}
    browser.execute("register", account)
    tokens = browser.execute("login", account)["data"]
    browser.authorise(tokens["access_token"])
    bought = {"amount": 45.5, "category": "Groceries", "description": "Groceries from Walmart"}
    created = browser.execute("createTransaction", bought)["data"]
    assert created["amount"] == 45.5
    assert browser.execute("listTransactions")["data"]["transactions"] == [created]

    browser.page.reload()
    expect(browser.page.locator(".auth-wrapper .authorize.locked").first).to_be_visible()
    assert browser.execute("listTransactions")["data"]["transactions"] == [created]
    assert browser.errors == []
    assert browser.hosts == {urlsplit(live_url).netloc}


@pytest.mark.slow
@needs_browser
def test_no_foreign_document_can_be_loaded(browser: Browser, live_url: str) -> None:
    browser.open("?url=http://127.0.0.1:9/foreign.json&configUrl=http://127.0.0.1:9/foreign.json")
    expect(browser.page.locator(".info .title")).to_contain_text("FinSight API")
    assert browser.errors == []
    assert browser.hosts == {urlsplit(live_url).netloc}


def test_the_page_allows_its_own_scripts_only(app: Flask) -> None:
    client = app.test_client()
    first, second = client.get("/api/docs"), client.get("/api/docs/")
    policy = first.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert nonce
    assert first.text.count(f'<script nonce="{nonce[1]}"') == first.text.count("<script") == 2
    assert nonce[1] not in second.text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert first.mimetype == "text/html"


def test_assets_may_be_cached(app: Flask) -> None:
    client = app.test_client()
    with client.get("/api/docs/assets/swagger-ui.css") as asset:
        assert asset.status_code == 200
        assert asset.headers["Cache-Control"] == "public, max-age=86400"
    assert client.get("/api/docs/assets/../pages.py").status_code == 404
