"""Certificates: the connection goes to the checked address, the certificate is judged by the name."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lti_tool.http import HttpSettings, OutgoingHttp, Unreachable


def _self_signed(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 (not for localhost), good for an hour around the real time."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "practice")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(minutes=30))
        .not_valid_after(now + timedelta(minutes=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"over TLS")

    def log_message(self, *args: object) -> None:
        """Silence."""


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    pem = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1], pem
    server.shutdown()
    server.server_close()


def test_a_certificate_counts_for_the_name_it_was_made_for(tls_server: tuple[int, Path]) -> None:
    port, pem = tls_server
    everyone = frozenset({"*"})
    with_ca = OutgoingHttp(HttpSettings(allowed_private_hosts=everyone, ca_bundle=str(pem)))
    assert with_ca.get(f"https://127.0.0.1:{port}/").content == b"over TLS"
    with pytest.raises(Unreachable, match="certificate"):
        with_ca.get(f"https://localhost:{port}/")
    with pytest.raises(Unreachable, match="certificate"):
        OutgoingHttp(HttpSettings(allowed_private_hosts=everyone)).get(f"https://127.0.0.1:{port}/")
