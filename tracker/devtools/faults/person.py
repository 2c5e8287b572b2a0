"""A person at a browser: cookies, pages, forms. Standard library only; knows nothing of the site."""

from __future__ import annotations

import http.client
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1"
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back. `location` is where a redirect leads."""

    status: int
    text: str
    location: str = ""


class Gone(Exception):
    """No answer came: nobody knows whether the request was carried out."""


@dataclass
class Person:
    """One browser, signed in or not. Threads may share it: each request has a connection of its own."""

    name: str
    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    server: str = HOST

    def get(self, path: str) -> Answer:
        return self._send("GET", path, b"", "")

    def post(self, path: str, fields: Fields, files: Mapping[str, tuple[str, bytes]] | None = None) -> Answer:
        """Send a form, with its files if there are any."""
        if files is None:
            return self._send("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        boundary = uuid.uuid4().hex
        body = b""
        for name, value in fields:
            body += (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            )
        for name, (file_name, content) in files.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'.encode()
            body += b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"
        return self._send(
            "POST", path, body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
        )

    def sign_in(self, password: str) -> None:
        path = "/accounts/login/"
        form = form_of(self.get(path).text, "login")
        answer = self.post(path, filled(form, login=self.name, password=password))
        if answer.status != 302:
            raise SystemExit(f"{self.name} could not sign in: {answer.status}")

    def _send(self, method: str, path: str, body: bytes, content_type: str) -> Answer:
        connection = http.client.HTTPConnection(self.server, self.port, timeout=60)
        with self.guard:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "Host": HOST,
            "Cookie": cookies,
            "X-Forwarded-For": self.address,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{HOST}/",
        }
        if body:
            headers["Content-Type"] = content_type
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error)) from error
        finally:
            connection.close()
        with self.guard:
            for header in response.headers.get_all("Set-Cookie", []):
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
        return Answer(response.status, text, response.headers.get("Location", ""))


class _Forms(HTMLParser):
    """Collects each form's fields as a browser would send them, buttons left out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self.names: list[set[str]] = []
        self.select = self.area = ""
        self.words = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "form":
            self.forms.append([])
            self.names.append(set())
        if not self.forms:
            return
        name = found.get("name", "")
        if name:
            self.names[-1].add(name)
        kind = found.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "button", "file"):
            if kind not in ("checkbox", "radio") or "checked" in found:
                self.forms[-1].append((name, found.get("value", "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            self.forms[-1].append((self.select, found.get("value", "")))
        elif tag == "textarea":
            self.area, self.words = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            self.forms[-1].append((self.area, self.words.removeprefix("\n")))
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.words += data


class NoForm(Exception):
    """The page has no such form."""


def form_of(page: str, containing: str) -> Fields:
    """Return what the form with this field would send as it stands. Raises NoForm."""
    parser = _Forms()
    parser.feed(page)
    for fields, names in zip(parser.forms, parser.names, strict=True):
        if containing in names:
            return fields
    raise NoForm(containing)


def links_of(page: str, beginning: str) -> list[str]:
    """Return the paths of the links that begin so."""
    parser = _Forms()
    parser.feed(page)
    return [path for link in parser.links if (path := urlsplit(link).path).startswith(beginning)]


def filled(form: Fields, **values: str | list[str]) -> Fields:
    """Return the form with these values in place of what stood there."""
    kept = [(name, value) for name, value in form if name not in values]
    for name, value in values.items():
        kept += [(name, each) for each in ([value] if isinstance(value, str) else value)]
    return kept
