"""Debian's Nginx on the deployed site: the file as it is but for addresses, names of files and the certificate."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core import clock
from config import ROOT
from dev.servers import free_port
from tests.tools import program
from tests.waiting import wait_until

SITE = ROOT / "deploy" / "nginx" / "finsight.conf"
NAME = "api.example.com"
# What of Debian's own nginx.conf a site could be at odds with.
MAIN = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def nginx_binary() -> str:
    """Where nginx is: often not on the PATH of people."""
    return program("nginx", "nginx")


class Nginx:
    """A running Nginx; `upstreams` stand for the file's sockets, in its order, `patience` for its read time-out."""

    def __init__(self, folder: Path, upstreams: list[str], patience: str = "35s") -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.certificate = folder / "fullchain.pem"
        self.webroot = folder / "html"
        make_certificate(folder)
        (folder / "site.conf").write_text(self.derived(upstreams, patience))
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
        self.process: subprocess.Popen[bytes] | None = None

    def derived(self, upstreams: list[str], patience: str) -> str:
        """The site for this run; every replacement is there as often as expected, so that none is lost unnoticed."""
        text = SITE.read_text()
        expected = {
            "    listen [::]:80 default_server;\n": (1, ""),
            "    listen [::]:443 ssl http2 default_server;\n": (1, ""),
            "    listen [::]:80;\n": (1, ""),
            "    listen [::]:443 ssl http2;\n": (1, ""),
            "listen 80": (2, f"listen 127.0.0.1:{self.plain_port}"),
            "listen 443": (2, f"listen 127.0.0.1:{self.port}"),
            "/etc/letsencrypt/live/api.example.com/": (2, f"{self.folder}/"),
            "/var/log/nginx/": (2, f"{self.folder}/"),
            "/var/lib/nginx/": (1, f"{self.folder}/cache-"),
            "/var/www/html": (1, str(self.webroot)),
            "proxy_read_timeout 35s": (1, f"proxy_read_timeout {patience}"),
            "unix:/run/finsight/backend.sock": (1, upstreams[0]),
            "unix:/run/finsight/backend-2.sock": (1, upstreams[1]),
        }
        for written, (times, here) in expected.items():
            assert text.count(written) == times, written
            text = text.replace(written, here)
        return text

    def command(self, *options: str) -> list[str]:
        """nginx on this configuration."""
        return [nginx_binary(), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf", *options]

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Run for the time of the `with`."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.process = subprocess.Popen(self.command("-g", "daemon off;"))
        wait_until(self._listens)

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def make_certificate(folder: Path) -> None:
    """fullchain.pem and privkey.pem for the site's name, signed by themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)
