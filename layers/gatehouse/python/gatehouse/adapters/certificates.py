"""X.509 certificates (RFC 5280), read with `cryptography`. The publisher reads each once; the call path compares digests."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from gatehouse.domain.certificate import CERTIFICATE_BYTES_MAX, Certificate, CertificateUnreadable, der_of

_PEM = b"-----BEGIN"


class X509Certificates:
    """Implements `ports.certificates.CertificateReader`."""

    def read(self, content: bytes) -> Certificate:
        """The certificate in PEM or DER. Raises CertificateUnreadable."""
        der = der_of(content.decode("ascii", "replace")) if _PEM in content else content
        if len(der) > CERTIFICATE_BYTES_MAX:
            raise CertificateUnreadable(f"certificate: has more than {CERTIFICATE_BYTES_MAX} bytes")
        try:
            found = x509.load_der_x509_certificate(der)
            parts = [part.rfc4514_string() for part in reversed(list(found.subject.rdns))]
            return Certificate(
                der=der,
                subject=", ".join(parts),
                version=f"V{found.version.value + 1}",
                not_before=int(found.not_valid_before_utc.timestamp()),
                not_after=int(found.not_valid_after_utc.timestamp()),
            )
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CertificateUnreadable(
                "certificate: is no X.509 certificate in PEM or DER", cause=str(error)
            ) from error
