"""TLS made on the server itself: browsers that trust the lab's authority get a connection without a warning."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from workbench import certificates


def shake_hands(chain: Path, key: Path, authority: Path, name: str) -> dict[str, object]:
    """A real TLS handshake of a strict client with a server of this chain; the certificate as the client saw it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)
    client = ssl.create_default_context(cafile=str(authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def answer() -> None:
        with server.wrap_socket(ours, server_side=True) as talking:
            talking.recv(1)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    with client.wrap_socket(theirs, server_hostname=name) as talking:
        found = talking.getpeercert()
        talking.sendall(b"x")
    thread.join(timeout=10)
    assert found
    return dict(found)


def first_of(chain: Path) -> x509.Certificate:
    """The server's own certificate."""
    return x509.load_pem_x509_certificates(chain.read_bytes())[0]


def test_a_client_that_trusts_the_authority_trusts_this_machine(tmp_path: Path) -> None:
    """By name and by address, checked as strictly as OpenSSL can; also for the host that was asked for."""
    chain, key = certificates.for_host(tmp_path / "tls", "lab.example")
    for name in ("localhost", "127.0.0.1", "lab.example", socket.gethostname()):
        assert shake_hands(chain, key, tmp_path / "tls" / "authority.pem", name)["subject"]


def test_another_name_or_another_authority_is_refused(tmp_path: Path) -> None:
    """The certificate is no use for somebody else's host, and other labs' clients do not trust it."""
    chain, key = certificates.for_host(tmp_path / "ours", "127.0.0.1")
    certificates.for_host(tmp_path / "theirs", "127.0.0.1")
    for authority, name in ((tmp_path / "ours", "elsewhere.example"), (tmp_path / "theirs", "localhost")):
        client = ssl.create_default_context(cafile=str(authority / "authority.pem"))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(chain, key)
        assert refused_in_memory(client, server, name)


def refused_in_memory(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> bool:
    """Does the client break off, for the certificate's sake?"""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server, server_hostname=name)
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(6):
        for side in (asking, answering):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return True
    return False


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """Authority and server, also when they are made again over an older, wider file."""
    folder = tmp_path / "tls"
    folder.mkdir()
    (folder / "server.key").touch(mode=0o644)
    certificates.for_host(folder, "127.0.0.1")
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in folder.glob("*.key")}
    assert modes == {"authority.key": "0o600", "server.key": "0o600"}


def test_a_good_certificate_is_kept_and_another_host_makes_a_new_one(tmp_path: Path) -> None:
    """Under the same authority, so that no workstation has to be visited again."""
    folder = tmp_path / "tls"
    chain, _ = certificates.for_host(folder, "127.0.0.1")
    first, authority = first_of(chain), (folder / "authority.pem").read_bytes()
    certificates.for_host(folder, "0.0.0.0")  # every address of this machine, which the certificate covers
    assert first_of(chain) == first
    certificates.for_host(folder, "lab.example")
    renewed = first_of(chain)
    assert renewed.serial_number != first.serial_number
    assert (folder / "authority.pem").read_bytes() == authority
    assert shake_hands(chain, folder / "server.key", folder / "authority.pem", "lab.example")


def test_browsers_take_how_long_it_holds(tmp_path: Path) -> None:
    """They refuse server certificates of more than 398 days; the authority lasts for years."""
    chain, _ = certificates.for_host(tmp_path, "127.0.0.1")
    server, authority = x509.load_pem_x509_certificates(chain.read_bytes())
    now = datetime.now(UTC)
    assert server.not_valid_before_utc < now < server.not_valid_after_utc
    assert server.not_valid_after_utc - server.not_valid_before_utc <= timedelta(days=398)
    assert authority.not_valid_after_utc - now > timedelta(days=3000)
