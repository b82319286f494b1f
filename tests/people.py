"""A person with a browser, at the pages of a running key manager."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from local.stack import ADMIN
from tests.worlds.browser import Form

if TYPE_CHECKING:
    from tests.house import House


class Person:
    """Keeps cookies, follows redirects within the key manager, and stops where one leads to a client."""

    def __init__(self, house: House, name: str = ADMIN[0], password: str = ADMIN[1]) -> None:
        self._login = {"username": name, "password": password}
        self._home = house.ports.management_url
        self._browser = httpx.Client(verify=house.trusted, timeout=40, trust_env=False)

    def close(self) -> None:
        self._browser.close()

    def open(self, url: str) -> httpx.Response:
        return self._settled(self._browser.get(url))

    def submit(self, shown: httpx.Response, **fields: str) -> httpx.Response:
        form = Form(shown.text)
        url = urljoin(str(shown.url), form.action)
        return self._settled(self._browser.post(url, data={**form.fields, **fields}))

    def authorize(self, url: str) -> str:
        """Log in if need be, agree if need be; where the browser is sent to then."""
        shown = self.open(url)
        for _ in range(3):
            if shown.has_redirect_location:
                return shown.headers["Location"]
            assert shown.status_code == 200, shown.text
            login = 'name="password"' in shown.text
            shown = self.submit(shown, **(self._login if login else {"decision": "allow"}))
        raise AssertionError(shown.text)

    def connect(self, url: str) -> str:
        """Let a device act for this person; the page that comes then."""
        shown = self.open(url)
        if 'name="password"' in shown.text:
            shown = self.submit(shown, **self._login)
        return self.submit(shown, decision="allow").text

    def _settled(self, reply: httpx.Response) -> httpx.Response:
        while reply.has_redirect_location and reply.headers["Location"].startswith(self._home):
            reply = self._browser.get(reply.headers["Location"])
        return reply
