"""TLS to backends: whom we trust and what we show, by profile.

A profile is a host's extra certificates and the certificate shown to it; its context is made once, because reading the
public authorities takes tens of milliseconds.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.httpsession import get_cert_path

from gatehouse.ports.backends import BackendUnreachable

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import ShownCertificate

PROFILES = 32
LOCALHOST = frozenset({"localhost", "localhost.localdomain", "127.0.0.1", "::1"})

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class HostnameVerification(StrEnum):
    """Whether a backend's certificate must name its host. The names are those of WSO2's transport."""

    STRICT = "Strict"
    DEFAULT_AND_LOCALHOST = "DefaultAndLocalhost"
    ALLOW_ALL = "AllowAll"

    def covers(self, host: str) -> bool:
        """Whether the certificate of this host must name it. Who signed it is checked in every mode."""
        match self:
            case HostnameVerification.STRICT:
                return True
            case HostnameVerification.DEFAULT_AND_LOCALHOST:
                return host not in LOCALHOST
            case HostnameVerification.ALLOW_ALL:
                return False


class Contexts:
    """TLS contexts by profile. Raises ValueError for unknown settings."""

    def __init__(self, *, hostname_verification: str, tls_minimum: str) -> None:
        self._verification = HostnameVerification(hostname_verification)
        if tls_minimum not in _VERSIONS:
            raise ValueError(f"{tls_minimum!r} is no minimum of TLS: 1.2 or 1.3")
        self._minimum = _VERSIONS[tls_minimum]
        self._context = lru_cache(PROFILES)(self._make)

    def of(self, host: str, trusted: tuple[str, ...], certificate: ShownCertificate | None) -> ssl.SSLContext:
        """The context for a host with this profile. Raises BackendUnreachable when a certificate or key is unreadable."""
        return self._context(trusted, certificate, self._verification.covers(host))

    def _make(
        self,
        trusted: tuple[str, ...],
        certificate: ShownCertificate | None,
        checks_host: bool,  # noqa: FBT001 - part of the cache's key
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = self._minimum
        context.check_hostname = checks_host
        context.set_alpn_protocols(["http/1.1"])
        try:
            _trust_public_authorities(context)
            if trusted:
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself may be the one trusted
                context.load_verify_locations(cadata="\n".join(trusted))
            if certificate is not None:
                _show(context, certificate)
        except (OSError, ValueError) as error:
            raise BackendUnreachable(f"a certificate for this backend is unreadable: {type(error).__name__}") from error
        return context


def _trust_public_authorities(context: ssl.SSLContext) -> None:
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())):
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=get_cert_path(True))


def _show(context: ssl.SSLContext, certificate: ShownCertificate) -> None:
    """Ssl takes certificates from files only: a private one, which is gone before the first byte is sent."""
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{certificate.certificate}\n{certificate.private_key}\n")
        # Always with a password, though it be empty: without one, OpenSSL would ask the terminal.
        context.load_cert_chain(name, password=lambda: certificate.password)
    finally:
        Path(name).unlink()
