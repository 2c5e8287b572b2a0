"""The commands in bin/: what they say when something is in the way, and that they leave nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from commitments.choices import Role
from commitments.models import ChangeEntry, User
from tracker.devtools import bootstrap, messages, suite
from tracker.devtools.postgres import free_port

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bin/run", *arguments], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True
    )


class TestRun:
    def test_says_in_both_languages_that_the_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = run("--port", str(port))

        assert done.returncode == 1
        assert f"端口 {port} 已被占用" in done.stderr
        assert f"Port {port} is taken" in done.stderr

    @pytest.mark.parametrize(
        ("says", "message"),
        [
            ("3.10", "Python 3.11 or newer is needed. Found: {python}=3.10"),
            ("3.12", "lacks its venv module. Install it and try again: apt-get install python3.12-venv"),
        ],
        ids=["too old", "without venv"],
    )
    def test_says_what_is_missing_of_python(self, tmp_path, says, message):
        python = tmp_path / "python"
        is_new = 0 if says == "3.12" else 1
        python.write_text(
            f'#!/bin/sh\ncase "$2" in *print*) echo {says};; *version_info*) exit {is_new};; *) exit 1;; esac\n'
        )
        python.chmod(0o755)

        done = run(PYTHON=str(python))

        assert done.returncode == 1
        assert message.format(python=python) in done.stderr
        assert len(done.stderr.splitlines()) == 2

    def test_ends_with_a_sentence_when_interrupted(self, capsys):
        def interrupted() -> None:
            raise KeyboardInterrupt

        with pytest.raises(SystemExit) as ended:
            bootstrap.until_interrupted(interrupted)

        assert ended.value.code == 130
        assert "Interrupted. Run it again" in capsys.readouterr().err

    def test_says_that_its_folder_cannot_be_written(self, tmp_path, capsys):
        (tmp_path / "var").write_text("a file where the folder should be")

        with pytest.raises(SystemExit):
            bootstrap.require_writable(tmp_path / "var" / "inside")

        said = capsys.readouterr().err
        assert "无法写入" in said
        assert f"Cannot write to {tmp_path}/var/inside (Not a directory)" in said

    def test_says_that_the_network_is_missing(self, tmp_path, monkeypatch, capsys):
        pip = tmp_path / "python"
        pip.write_text(
            "#!/bin/sh\necho \"user=$PIP_USER\"\necho 'Failed: Temporary failure in name resolution'\nexit 1\n"
        )
        pip.chmod(0o755)
        monkeypatch.setattr(bootstrap, "VAR", tmp_path)
        monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
        monkeypatch.setenv("PIP_USER", "1")

        with pytest.raises(SystemExit):
            bootstrap.install(pip, tmp_path / "requirements.lock")

        assert "check the network and try again" in capsys.readouterr().err
        assert (tmp_path / "install.log").read_text(encoding="utf-8").startswith("user=0\n")

    def test_serves_until_interrupted_and_leaves_no_process(self, tmp_path):
        address = f"http://127.0.0.1:{(port := free_port())}"
        environment = os.environ | {
            "TRACKER_MODE": "local",
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
            "SITE_URL": address,
        }
        with (tmp_path / "output").open("w+") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "tracker.devtools.serve", str(port)],
                cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                said = wait_for(address, tmp_path / "output", server)
                server.send_signal(signal.SIGINT)
                server.wait(120)
            finally:
                server.kill()

        assert re.search(
            r"Administrator \(the password is shown this once; change it when you sign in\): admin  \S{12,}",
            said,
        )
        assert server.returncode == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()


def wait_for(text: str, path: Path, process: "subprocess.Popen[bytes]") -> str:
    """Return what the file says once the text is in it; fail with what it says when that cannot come.

    The end of the time is for a process that hangs: no machine is so slow that a first start takes it.
    """
    give_up = time.monotonic() + 300
    while time.monotonic() < give_up and process.poll() is None:
        if text in (said := path.read_text(encoding="utf-8")):
            return said
        time.sleep(0.1)
    pytest.fail(path.read_text(encoding="utf-8"))


def test_templates_are_checked_where_git_does_not_tell_them(tmp_path, monkeypatch):
    (tmp_path / "templates" / "public").mkdir(parents=True)
    (tmp_path / "templates" / "public" / "page.html").touch()
    monkeypatch.setattr(suite, "ROOT", tmp_path)

    assert suite.committed_templates() == ["templates/public/page.html"]


@pytest.mark.django_db
class TestAdministrator:
    def test_is_created_with_a_password_that_works(self, capsys):
        call_command("ensure_administrator")

        name, password = capsys.readouterr().out.split()[-2:]
        person = User.objects.get(username=name)
        assert person.check_password(password)
        assert (person.role, person.is_staff, person.is_superuser) == (Role.ADMINISTRATOR, True, True)
        assert ChangeEntry.objects.get(act="account.added").actor_name == "ensure_administrator"

    def test_is_not_created_twice(self, capsys):
        call_command("ensure_administrator")
        capsys.readouterr()

        call_command("ensure_administrator")

        assert capsys.readouterr().out == ""
        assert User.objects.count() == 1

    def test_takes_another_name_where_somebody_has_it(self, capsys):
        User.objects.create_user("admin", role=Role.REPORTER)

        call_command("ensure_administrator")

        assert User.objects.get(role=Role.ADMINISTRATOR).username == "admin2"


class TestMessages:
    @pytest.fixture
    def catalogue(self, tmp_path, monkeypatch):
        path = tmp_path / "django.po"
        monkeypatch.setattr(messages, "CATALOGUE", path)
        monkeypatch.setattr(
            messages, "messages", lambda: {messages.Message("%(n)s days left"), messages.Message("Open")}
        )
        return path

    def test_update_adds_new_texts_and_keeps_translations(self, catalogue):
        messages.update()
        catalogue.write_text(
            catalogue.read_text("utf-8").replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "公开"')
        )

        messages.update()

        assert messages.problems() == ["no Chinese text: '%(n)s days left'"]

    def test_a_lost_placeholder_is_a_problem(self, catalogue):
        messages.update()
        filled = catalogue.read_text("utf-8").replace('left"\nmsgstr ""', 'left"\nmsgstr "还剩几天"')
        catalogue.write_text(filled.replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "公开"'))

        assert messages.problems() == ["placeholders differ (%(n)s): '%(n)s days left'"]
