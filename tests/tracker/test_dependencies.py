"""What the site depends on: licences listed, and known weaknesses found where the network allows."""

import json
import subprocess

import pytest

from tracker.devtools import audit, licences, suite


class TestLicences:
    def test_page_lists_every_locked_package_with_its_version(self):
        shown = licences.PAGE.read_text(encoding="utf-8")

        assert [p for p in licences.locked() if f"| {p.name} | {p.version} |" not in shown] == []
        assert shown.count("\n| ") - 2 == len(licences.locked())

    def test_page_is_what_the_installed_packages_say(self):
        assert licences.PAGE.read_text(encoding="utf-8") == licences.page()

    def test_every_package_has_one(self):
        assert [package.name for package in licences.locked() if not licences.licence_of(package.name)] == []

    def test_none_asks_for_more_than_a_government_site_can_give(self):
        # The licence of psycopg (LGPL) concerns changes to psycopg itself, of which there are none.
        strict = ("AGPL", "GNU General Public", "SSPL", "Commons Clause", "Business Source")

        assert [line for line in licences.page().splitlines() if any(word in line for word in strict)] == []


class TestAudit:
    @pytest.fixture
    def answer(self, monkeypatch):
        def say(text: str):
            done = subprocess.CompletedProcess([], 0, stdout=text)
            monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: done)

        return say

    def test_a_weakness_fails_the_run(self, answer, capsys):
        weak = {"name": "x", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
        answer(json.dumps({"dependencies": [weak, {"name": "y", "version": "1", "vulns": []}]}))

        assert audit.main() == 1
        assert "x 1.0: CVE-1, mended in 1.1" in capsys.readouterr().out

    def test_a_sound_lock_passes(self, answer, capsys):
        answer(json.dumps({"dependencies": [{"name": "y", "version": "1", "vulns": []}]}))

        assert audit.main() == 0
        assert "1 packages audited" in capsys.readouterr().out

    @pytest.mark.parametrize("said", ["", "no json", '{"dependencies": [{"name": "x", "skip_reason": "?"}]}'])
    def test_without_the_service_nothing_is_claimed(self, answer, capsys, said):
        answer(said)

        assert audit.main() == 0
        assert "not audited" in capsys.readouterr().out

    def test_what_it_says_is_shown_though_nothing_failed(self, monkeypatch, capsys):
        saying = suite.Check("known weaknesses", ["python", "-c", "print('not audited')"], tells=True)
        monkeypatch.setattr(suite, "checks", lambda: [saying])

        assert suite.run_checks() == []
        assert "not audited" in capsys.readouterr().out

    def test_the_audit_is_one_that_tells(self):
        assert [check.name for check in suite.checks() if check.tells] == ["known weaknesses"]
