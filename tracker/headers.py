"""What every answer says to the browser, and what no request may hold. The outermost middleware.

Django's own middlewares add most of these headers further in; answers that never reach them (addresses for
machines, static files, errors of the layers between) would go without.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# No page uses any of these; what is not named here a browser decides by itself. Names that Chromium does not
# know are left out: it would warn of each on every page.
SWITCHED_OFF = (
    "accelerometer", "autoplay", "browsing-topics", "camera",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "storage-access", "usb", "xr-spatial-tracking",
)  # fmt: skip
# Keys of the second factor are made and asked for on the account pages.
OWN_PAGES_ONLY = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in SWITCHED_OFF), *(f"{name}=(self)" for name in OWN_PAGES_ONLY)]
)
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS),
    # Pages have their own (CONTENT_SECURITY_POLICY in the settings): this is for what is none.
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
)
# What is below these is for one person, and must not lie in a browser that the next person uses.
PERSONAL = ("/staff/", "/admin/", "/accounts/")


class SafeHeadersMiddleware:
    """Adds the headers that are missing, and answers 400 to a null byte in an address.

    No name, code or word holds one; PostgreSQL would refuse it as an error of ours.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "\x00" in query or "%00" in query:
            response: HttpResponseBase = HttpResponseBadRequest("Bad request", content_type="text/plain")
        else:
            response = self.get_response(request)
        add_headers(response)
        if request.path.startswith(PERSONAL):
            if "Cache-Control" not in response or "no-store" not in response["Cache-Control"]:
                patch_cache_control(response, private=True, no_store=True)
        elif settings.SESSION_COOKIE_NAME in request.COOKIES:
            # The page's frame names the person who is signed in.
            patch_cache_control(response, private=True)
        return response


def add_headers(response: HttpResponseBase) -> None:
    """Add what the answer does not say itself."""
    for name, value in HEADERS:
        # A browser takes the headers of "not modified" over to the page that it has kept.
        if not (name == "Content-Security-Policy" and (response.status_code == 304 or settings.DEBUG)):
            response.headers.setdefault(name, value)
