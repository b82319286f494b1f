"""Authenticate: who calls, by whichever of the API's credentials the call brings.

An API asks for a credential of the application (token, key, password), for a client certificate, for either or for both.
Any one of the application's will do; when none of those that were brought is good, the first one's fault is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import MISSING_CREDENTIALS, NO_SCHEME, Refusal
from gatehouse.dataplane.evidence import ANYBODY, Caller, Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.credentials import Credential
    from gatehouse.dataplane.evidence import Target
    from gatehouse.domain.publishing.deployed import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """Asks the schemes of an API. `internal_key` is for trying an API out, and is taken by every one."""

    bearer: Credential
    basic: Credential | None = None
    api_key: Credential | None = None
    internal_key: Credential | None = None
    mutual_tls: Credential | None = None

    def __call__(self, call: Call, target: Target) -> Caller | Refusal:
        """The caller, or what is wrong with the credentials."""
        if not (target.operation.authenticated or any(one.authenticated for one in target.others)):
            return _signed(call, target) if target.api.deployed.events else Caller(target, ANYBODY)
        access = target.api.deployed.access
        internal = self._internal(call, target)
        outcome = internal if isinstance(internal, Identity) else self._identified(call, target, access)
        if isinstance(outcome, Identity):
            return Caller(target, outcome)
        return internal if isinstance(internal, Refusal) else outcome

    def _internal(self, call: Call, target: Target) -> Identity | Refusal | None:
        if self.internal_key is None:
            return None
        presented = self.internal_key.presented(call, target)
        return self.internal_key.identify(presented, call, target) if presented else None

    def _identified(self, call: Call, target: Target, access: Access) -> Identity | Refusal:
        certificate = self._by_certificate(call, target) if access.mutual_tls else None
        if access.mutual_tls_mandatory and not isinstance(certificate, Identity):
            return certificate or _missing(target)
        application = self._by_application(call, target, access)
        if isinstance(application, Identity):
            return application
        if isinstance(certificate, Identity) and not access.application_mandatory:
            return application or certificate
        if isinstance(certificate, Identity):
            return application or _missing(target)
        return application or certificate or _missing(target)

    def _by_certificate(self, call: Call, target: Target) -> Identity | Refusal | None:
        if self.mutual_tls is None:
            return None
        presented = self.mutual_tls.presented(call, target)
        return self.mutual_tls.identify(presented, call, target) if presented else None

    def _by_application(self, call: Call, target: Target, access: Access) -> Identity | Refusal | None:
        """The first credential that is good, else the first one's fault; None when none was brought."""
        fault = None
        for scheme in self._schemes(access):
            if presented := scheme.presented(call, target):
                outcome = scheme.identify(presented, call, target)
                if isinstance(outcome, Identity):
                    return outcome
                fault = fault or outcome
        return fault

    def _schemes(self, access: Access) -> Iterator[Credential]:
        if access.oauth2:
            yield self.bearer
        if access.basic and self.basic is not None:
            yield self.basic
        if access.api_key and self.api_key is not None:
            yield self.api_key


def _signed(call: Call, target: Target) -> Caller | Refusal:
    from gatehouse.dataplane.websub.source import signed  # noqa: PLC0415 -- only backends of WebSub APIs sign what they send

    return signed(call, target)


def _missing(target: Target) -> Refusal:
    access = target.api.deployed.access
    asked = [
        *([f"'{access.authorization_header} : Bearer ACCESS_TOKEN'"] if access.oauth2 else []),
        *([f"'{access.authorization_header} : Basic ACCESS_TOKEN'"] if access.basic else []),
        *([f"'{access.api_key_header} : API_KEY'"] if access.api_key else []),
    ]
    if not asked and not access.mutual_tls:
        return NO_SCHEME
    if not asked:
        return MISSING_CREDENTIALS.because("This API asks for a client certificate that it knows, and none was shown")
    return MISSING_CREDENTIALS.because(MISSING_CREDENTIALS.description.format(headers=" or ".join(asked)))
