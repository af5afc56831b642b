"""The LMS as a process of its own: ready line, busy port, clean end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.practice import EXTENSION
from lti_tool.sandbox.server import serve

START = (
    "import sys, pathlib; from lti_tool.sandbox.server import serve; serve(pathlib.Path(sys.argv[1]), '127.0.0.1', 0)"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_ends_when_told(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", START, str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line.startswith("practice LMS ready at http://127.0.0.1:")
        url = line.split()[-1]
        assert requests.get(f"{url}/lti/jwks", timeout=5).json()["keys"][0]["kty"] == "RSA"
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""


def test_in_the_canvas_form_tools_register_at_a_port_of_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        account = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [
        sys.executable,
        "-m",
        "lti_tool.cli",
        "practice-lms",
        "--like",
        "canvas",
        "--data",
        str(tmp_path / "data"),
    ]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command += ["--port", str(port), "--account-port", account.rpartition(":")[2], "--issuer", "https://lms.example"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        value = requests.get(f"{url}/api/lti/security/openid-configuration", timeout=5).json()
        assert value["issuer"] == "https://lms.example"
        assert value["registration_endpoint"] == f"{account}/api/lti/registrations"
        assert value["token_endpoint"] == f"{url}/login/oauth2/token"
        assert requests.post(value["registration_endpoint"], json={}, timeout=5).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_folder_keeps_to_the_form_it_began_with(tmp_path: Path) -> None:
    app = create_sandbox(tmp_path, "http://lms.example", form=FORMS["moodle"], start_sender=False)
    app.extensions[EXTENSION].database.close()
    with pytest.raises(PracticeError, match="of the form moodle"):
        create_sandbox(tmp_path, "http://lms.example", form=FORMS["canvas"], start_sender=False)


def test_a_busy_port_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(tmp_path, "127.0.0.1", taken.getsockname()[1])
