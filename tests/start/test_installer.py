"""pip's settings in uv's words."""

from __future__ import annotations

from workbench.start import installer

LISTING = """:env:.cert='/etc/company.pem'
:env:.index-url='https://mirror.example/simple'
global.extra-index-url='file:///one/simple file:///two/simple'
global.find-links='/wheels\\n/more'
global.index-url='https://weaker.example/simple'
install.timeout='60'
freeze.timeout='1'
"""


def test_the_stronger_source_of_a_setting_wins() -> None:
    """A PIP_* variable beats `[install]`, which beats `[global]`; other commands' sections do not count."""
    assert installer.read_listing(LISTING) == {
        "cert": "/etc/company.pem",
        "index-url": "https://mirror.example/simple",
        "extra-index-url": "file:///one/simple file:///two/simple",
        "find-links": "/wheels\n/more",
        "timeout": "60",
    }


def test_uv_hears_of_indexes_wheels_and_certificates() -> None:
    """Each setting of pip becomes one of uv; several values are separated the way uv reads them."""
    words = installer.uv_environment(installer.read_listing(LISTING), {"SSL_CERT_FILE": "/weaker.pem"})
    assert words == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "file:///one/simple file:///two/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_HTTP_TIMEOUT": "60",
        "SSL_CERT_FILE": "/etc/company.pem",
    }


def test_a_setting_without_counterpart_leaves_the_work_to_pip() -> None:
    """Rather slow than deaf to what the machine asks for."""
    assert installer.uv_environment({"require-hashes": "true"}, {}) is None
    assert installer.uv_environment({"no-index": "true"}, {}) is None


def test_settings_that_only_concern_pip_are_no_obstacle() -> None:
    """A quiet pip is no reason to be slow."""
    words = installer.uv_environment({"quiet": "1", "user": "0"}, {"REQUESTS_CA_BUNDLE": "/ca.pem"})
    assert words == {"UV_INDEX_STRATEGY": "unsafe-best-match", "SSL_CERT_FILE": "/ca.pem"}
