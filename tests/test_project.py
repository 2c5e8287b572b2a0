"""Promises of the project as a whole: settings, deployment, migrations, translations, house rules."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection

from tracker.databases import prepared
from tracker.devtools import messages

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

# The documented production: docs/deploy.md shows the same lines.
PRODUCTION = {
    "SECRET_KEY": "k" + "x1Y2z3-" * 9,
    "ALLOWED_HOSTS": "chengnuo.example.gov.cn",
    "SITE_URL": "https://chengnuo.example.gov.cn",
    "EMAIL_HOST": "mail.example.gov.cn",
    "TRUSTED_PROXIES": "1",
}


def manage(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py as a server would: with these variables and nothing else of ours."""
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def sources(*suffixes: str) -> list[Path]:
    """Return the project's own files of these kinds."""
    folders = [ROOT / name for name in ("tracker", "commitments", "templates", "tests", "bin", "docs")]
    return [path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]


class TestProduction:
    def test_refuses_to_start_without_a_key(self, tmp_path):
        done = manage("check", **{**PRODUCTION, "SECRET_KEY": ""})

        assert done.returncode != 0
        assert done.stderr.startswith("Settings: SECRET_KEY is not set.")

    def test_refuses_to_start_without_hosts(self):
        done = manage("check", **{**PRODUCTION, "ALLOWED_HOSTS": ""})

        assert done.returncode != 0
        assert done.stderr.startswith("Settings: ALLOWED_HOSTS is not set")

    def test_deployment_check_is_clean(self):
        done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout

    def test_deployment_check_is_clean_on_postgresql(self):
        url = "postgresql://tracker:secret@127.0.0.1:5432/tracker"
        done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, DATABASE_URL=url)

        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("variables", "warning"),
        [
            ({"EMAIL_HOST": ""}, "tracker.W001"),
            ({"TRACKER_TODAY": "2024-10-20"}, "tracker.W002"),
            ({"SITE_URL": "http://chengnuo.example.gov.cn"}, "tracker.W003"),
        ],
    )
    def test_deployment_check_names_what_is_probably_not_meant(self, variables, warning):
        done = manage("check", "--deploy", **{**PRODUCTION, **variables})

        assert warning in done.stderr

    def test_a_setting_that_makes_no_sense_is_refused(self):
        done = manage("check", **PRODUCTION, REPORTING_DUE_DAY="31")

        assert done.returncode != 0
        assert "REPORTING_DUE_DAY" in done.stderr

    def test_documentation_shows_the_settings_that_are_tested_here(self):
        shown = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")

        assert [name for name in PRODUCTION if f"\n{name}=" not in shown] == []


class TestSettings:
    def test_every_variable_is_in_the_example(self):
        read = set(
            re.findall(
                r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "tracker/settings.py").read_text(encoding="utf-8")
            )
        )

        assert read == documented() - {"TRACKER_POSTGRES_BIN", "TRACKER_CHROMIUM"}

    def test_the_connections_to_postgresql_are_pooled_or_kept(self, tmp_path):
        def options(pool_size: int) -> tuple[Any, int]:
            config = {"ENGINE": "django.db.backends.postgresql", "NAME": "tracker"}
            made = prepared(config, folder=tmp_path, is_test=False, pool_size=pool_size)
            return made["OPTIONS"].get("pool"), made["CONN_MAX_AGE"]

        assert options(0) == (None, 600)
        pool, age = options(8)
        assert (pool["min_size"], pool["max_size"], age) == (1, 8, 0)

    def test_nothing_else_reads_the_environment(self):
        readers = {
            str(path.relative_to(ROOT))
            for path in sources(".py")
            if re.search(
                r"os\.environ\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE)|getenv",
                path.read_text(encoding="utf-8"),
            )
        }

        # prometheus-client is told where to write by a variable, which metrics.py sets and does not read.
        allowed = ("tracker/devtools/", "tests/", "tracker/metrics.py")
        assert [name for name in sorted(readers) if not name.startswith(allowed)] == []


def documented() -> set[str]:
    return set(re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE))


class TestDatabase:
    pytestmark = pytest.mark.django_db

    def test_no_migration_is_missing(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_is_the_one_this_run_was_started_for(self):
        wanted = "postgresql" if os.environ["DATABASE_URL"].startswith("postgres") else "sqlite"

        assert connection.vendor == wanted

    @pytest.mark.skipif(not os.environ["DATABASE_URL"].startswith("sqlite"), reason="SQLite's own settings")
    def test_sqlite_is_set_up_for_several_writers(self):
        with connection.cursor() as cursor:
            values = {
                name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "foreign_keys", "busy_timeout")
            }

        assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20_000}
        assert connection.transaction_mode == "IMMEDIATE"


class TestTranslations:
    def test_are_complete(self):
        assert messages.problems() == []

    def test_texts_are_found_in_python(self):
        source = 'a = _("One"); b = ngettext("%(n)d day", "%(n)d days", n); c = pgettext_lazy("verb", "open"); _(name)'

        assert set(messages.in_python(source, "page.py")) == {
            messages.Message("One"),
            messages.Message("%(n)d day", plural="%(n)d days"),
            messages.Message("open", context="verb"),
        }

    def test_texts_are_found_in_templates(self):
        source = """{% load i18n %}
          <p>{% translate "It's one" %} {% translate 'open' context "verb" %}
            {% blocktranslate trimmed count n=days %}{{ n }} day{% plural %}
              {{ n }} days{% endblocktranslate %}</p> {{ _("filtered")|upper }}"""

        assert set(messages.in_template(source, "page.html")) == {
            messages.Message("It's one"),
            messages.Message("open", context="verb"),
            messages.Message("%(n)s day", plural="%(n)s days"),
            messages.Message("filtered"),
        }


class TestHouseRules:
    def test_no_python_file_is_longer_than_400_lines(self):
        long = [
            str(path) for path in sources(".py") if len(path.read_text(encoding="utf-8").splitlines()) > 400
        ]

        assert [name for name in long if "/migrations/" not in name] == []

    def test_nothing_is_left_to_do_later(self):
        mark = "TO" + "DO"
        left = [
            str(path)
            for path in sources(".py", ".html", ".css", ".js")
            if mark in path.read_text(encoding="utf-8")
        ]

        assert left == []

    def test_every_static_file_that_a_template_names_exists(self):
        named = {
            name
            for path in sources(".html")
            for name in re.findall(r"""{% static ["']([^"']+)["']""", path.read_text(encoding="utf-8"))
        }

        # In production a missing one is an error on every page that names it.
        assert [name for name in sorted(named) if finders.find(name) is None] == []

    def test_locks_name_no_place_of_download(self):
        for lock in ("requirements.lock", "requirements-dev.lock"):
            assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
