"""A server process of its own, for tests of several: reads paths from its input, answers a line for each.

`python -m tests.tracker.reader`, the database in DATABASE_URL. A line in is "path words", a line out is
"status made|kept shows|lacks primary|replica": whether the page was made for this request, whether it shows
the words, and which database its rows were read from.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings, setup_test_environment

    from commitments.public import listing
    from commitments.reads import reads_from

    setup_test_environment()
    # A fresh clone has no collected static files, and these tests are not about them.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    made: list[str] = []
    render = listing.render_page

    def noted(request, *args, **kwargs):
        made.append(reads_from())
        return render(request, *args, **kwargs)

    listing.render_page = noted
    client = Client()
    print("ready", flush=True)
    for line in sys.stdin:
        path, _, words = line.rstrip("\n").partition(" ")
        made.clear()
        response = client.get(path)
        shows = bool(words) and words in response.content.decode()
        read = "replica" if "replica" in made else "primary"
        print(
            response.status_code, "made" if made else "kept", "shows" if shows else "lacks", read, flush=True
        )


if __name__ == "__main__":
    main()
