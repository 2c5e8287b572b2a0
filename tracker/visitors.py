"""Where a request comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address; behind our own proxies the one that the outermost of them saw.

    "" where there is none, as over a socket, or where it is no address. X-Forwarded-For counts only
    with TRUSTED_PROXIES, and then from its end: what stands further to the left anyone can write.
    """
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    text = claimed[-proxies] if proxies and len(claimed) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """Return the address, and for IPv6 the /64 that one household or office has to itself."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
