"""Forms as clients send them."""

from __future__ import annotations

BOUNDARY = "a-boundary"


def multipart(fields: dict[str, str | bytes]) -> tuple[bytes, dict[str, str]]:
    """RFC 7578. The body and its header."""
    lines: list[bytes] = []
    for name, value in fields.items():
        file = b'; filename="definition"' if isinstance(value, bytes) else b""
        content = value if isinstance(value, bytes) else value.encode()
        lines += [
            f"--{BOUNDARY}".encode(),
            f'Content-Disposition: form-data; name="{name}"'.encode() + file,
            b"",
            content,
        ]
    lines += [f"--{BOUNDARY}--".encode(), b""]
    return b"\r\n".join(lines), {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
