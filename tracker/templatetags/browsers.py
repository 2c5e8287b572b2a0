"""What browsers call themselves, in words."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

# The first mark that is found counts: most browsers claim to be others as well.
BROWSERS = (
    ("MicroMessenger/", _("WeChat")),
    ("Edg", "Edge"),
    ("QQBrowser/", "QQBrowser"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_in_words(user_agent: str) -> str:
    """Return browser and system as people know them; what the browser calls itself where neither is known."""
    found = [
        next((str(name) for mark, name in known if mark in user_agent), "") for known in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(filter(None, found)) or user_agent
