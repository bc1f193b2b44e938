"""Stored files: kept, shown by links, removed."""

from flask import Flask

from tests.factories import Person
from tests.files import filed, link_to


def test_a_link_shows_the_picture(app: Flask, person: Person) -> None:
    file = filed(person)
    answer = app.test_client().get(link_to(person, file))
    assert (answer.status_code, answer.data) == (200, b"a thumbnail")
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'inline; filename="file.jpg"'
    assert "sandbox" in headers["Content-Security-Policy"]


def test_what_the_client_has_is_not_sent_again(app: Flask, person: Person) -> None:
    link = link_to(person, filed(person))
    first = app.test_client().get(link)
    again = app.test_client().get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
