#!/usr/bin/env python
"""Django's command line. `bin/manage` is the same with the environment of bin/run."""

import os
import sys


def main() -> None:
    """Run the command, or say in one line which setting keeps it from running."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"Django is not installed here ({error}). bin/run sets everything up; bin/manage uses it.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
