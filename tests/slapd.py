"""A real directory: Debian's OpenLDAP server, on loopback, with a configuration and a database of its own.

It speaks LDAP in the clear and over TLS on two ports, and keeps people and groups of a company.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import pki
from tests.stores import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "dc=corp,dc=example"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
ADMIN, ADMIN_PASSWORD = f"cn=gatehouse,{BASE}", "directory secret ü"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "reader secret"
START_SECONDS = 15
SEARCH_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/usr/lib/openldap:/usr/libexec"

_CONFIGURATION = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {home}/slapd.pid
TLSCertificateFile {home}/server.pem
TLSCertificateKeyFile {home}/server.key
allow bind_anon_dn bind_anon_cred
sizelimit unlimited
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw "{admin_password}"
directory {home}/data
maxsize 16777216
access to attrs=userPassword by anonymous auth by self write by * none
access to * by dn.exact="{reader}" read by * none
"""

_READER = f"""
dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {READER_PASSWORD}
"""

_PERSON = """
dn: uid={uid},{people}
objectClass: inetOrgPerson
uid: {uid}
cn: {cn}
sn: {sn}
givenName: {given}
mail: {uid}@corp.example
userPassword: {password}
"""

_GROUP = """
dn: cn={name},{groups}
objectClass: groupOfNames
cn: {name}
{members}
"""

PASSWORD = "pässwörd of mary: \U0001f511"


@dataclass(frozen=True, kw_only=True)
class Slapd:
    """`url` is in the clear, `tls_url` not; `authority` vouches for it, by the name `localhost`."""

    port: int
    tls_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def authority(self) -> str:
        return pki.pem("localhost").decode()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(START_SECONDS)


def missing() -> str:
    """Why there can be no directory here; "" when there can."""
    if shutil.which("slapd", path=SEARCH_PATH) is None or shutil.which("slapadd", path=SEARCH_PATH) is None:
        return "OpenLDAP's server is not installed (Debian: slapd)"
    return "" if _schema() and _modules() else "OpenLDAP's schemas or modules are not where they are looked for"


@contextmanager
def running(home: Path) -> Iterator[Slapd]:
    """A directory that stands in this folder, and ends with the block."""
    (home / "data").mkdir(parents=True)
    (home / "server.pem").write_bytes(pki.pem("localhost"))
    (home / "server.key").write_bytes(pki.private_key())
    configuration = _CONFIGURATION.format(
        schema=_schema(),
        modules=_modules(),
        home=home,
        base=BASE,
        admin=ADMIN,
        admin_password=ADMIN_PASSWORD,
        reader=READER,
    )
    (home / "slapd.conf").write_text(configuration)
    (home / "content.ldif").write_text(_content())
    _run("slapadd", "-f", str(home / "slapd.conf"), "-l", str(home / "content.ldif"))
    slapd = _start(home)
    try:
        yield slapd
    finally:
        if slapd.process.poll() is None:
            slapd.stop()


def _start(home: Path) -> Slapd:
    port, tls_port = free_port(), free_port()
    urls = f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}"
    program = str(shutil.which("slapd", path=SEARCH_PATH))
    # A level of debugging keeps it in the foreground.
    command = [program, "-f", str(home / "slapd.conf"), "-h", urls, "-d", "0"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Slapd(port=port, tls_port=tls_port, process=process)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError((home / "log").read_text())


def _content() -> str:
    entries = [
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: corp\no: Corp\n",
        f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n",
        f"dn: {GROUPS}\nobjectClass: organizationalUnit\nou: groups\n",
        _READER,
        _person("mary", "Mary Major", PASSWORD),
        _person("john", "John Doe", "password of john"),
        _person("o(d)d*", "Odd Name", "password of odd"),
        _group("engineers", "mary", "john"),
        _group("staff", "mary"),
    ]
    return "\n".join(entry.strip() + "\n" for entry in entries)


def _person(uid: str, name: str, password: str) -> str:
    given, _, family = name.partition(" ")
    return _PERSON.format(uid=uid, people=PEOPLE, cn=name, sn=family, given=given, password=password)


def _group(name: str, *members: str) -> str:
    lines = "\n".join(f"member: uid={member},{PEOPLE}" for member in members)
    return _GROUP.format(name=name, groups=GROUPS, members=lines)


def _schema() -> Path | None:
    places = (Path("/etc/ldap/schema"), Path("/etc/openldap/schema"), Path("/usr/share/openldap/schema"))
    return next((place for place in places if (place / "inetorgperson.schema").is_file()), None)


def _modules() -> Path | None:
    places = (Path("/usr/lib/ldap"), Path("/usr/lib64/openldap"), Path("/usr/lib/openldap"))
    return next((place for place in places if list(place.glob("back_mdb*"))), None)


def _run(name: str, *arguments: str) -> None:
    program = str(shutil.which(name, path=SEARCH_PATH))
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=START_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
