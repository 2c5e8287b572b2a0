"""The files of deploy/ and the document that uses them agree with each other and with the program."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENT = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
SCRIPTS = [path for path in DEPLOY.iterdir() if path.read_text(encoding="utf-8").startswith("#!/bin/sh")]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound_and_may_be_run(path):
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", path]).returncode == 0
    assert "set -eu" in path.read_text(encoding="utf-8")


def test_every_command_that_is_named_exists():
    texts = [DOCUMENT, *(path.read_text(encoding="utf-8") for path in DEPLOY.iterdir())]
    named = {name for text in texts for name in re.findall(r"manage\.py ([a-z_]+)", text)}

    assert named
    assert named - set(get_commands()) == set()


def test_every_timer_has_its_service_and_is_in_the_document():
    timers = [path.stem for path in DEPLOY.glob("*.timer")]

    assert timers
    assert [name for name in timers if not (DEPLOY / f"{name}.service").exists()] == []
    assert [name for name in timers if f"{name}.timer" not in DOCUMENT] == []


def test_every_file_that_the_document_links_exists():
    links = re.findall(r"\]\((\.\./[^)#]+|[a-z_]+\.md)\)", DOCUMENT)

    assert links
    assert [link for link in links if not (ROOT / "docs" / link).resolve().exists()] == []


def test_every_setting_in_the_document_is_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    shown = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", DOCUMENT))

    assert [name for name in sorted(shown) if f"#{name}=" not in example] == []


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_services_have_no_more_rights_than_they_need(unit):
    text = unit.read_text(encoding="utf-8")

    for line in (
        "User=tracker",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "ProtectHome=true",
        "PrivateTmp=true",
    ):
        assert f"\n{line}\n" in text


def test_nginx_sets_what_the_settings_trust_and_keeps_machines_addresses_inside():
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    assert re.search(r"location /health/ \{ deny all; \}", nginx)
    assert re.search(r"location = /metrics \{ deny all; \}", nginx)
    for secret in ("$remote_addr", "$request_uri", "$request ", "$args", "$http_user_agent", "$http_referer"):
        assert secret not in nginx[nginx.index("log_format") : nginx.index("upstream")]


def test_an_upgrade_backs_up_with_the_program_that_knows_the_old_tables_and_before_they_change():
    switch = (DEPLOY / "switch").read_text(encoding="utf-8")

    assert re.search(r"\(cd /srv/tracker/current && as_tracker venv/bin/python manage\.py backup ", switch)
    assert switch.index(" backup ") < switch.index(" migrate ") < switch.index("begin-anew")


@pytest.mark.parametrize("timer", sorted(DEPLOY.glob("*.timer")), ids=lambda path: path.name)
def test_timers_keep_the_hours_of_the_district_whatever_the_machine_s_zone(timer):
    assert re.search(r"^OnCalendar=.* Asia/Shanghai$", timer.read_text(encoding="utf-8"), re.MULTILINE)
