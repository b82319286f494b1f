"""The source of events: the backend of a WebSub API, which proves what it posts by a signature (W3C WebSub §7)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import ANYBODY, Caller, Identity, Scheme
from gatehouse.dataplane.websub.refusals import BAD_SIGNATURE
from gatehouse.domain.apis.websub import signature
from gatehouse.domain.throttling.policy import UNLIMITED

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target

_SIGNER = Identity(scheme=Scheme.SIGNATURE, plan=UNLIMITED)
"""Whoever knows the API's secret is its backend, and no plan limits that."""


def signed(call: Call, target: Target) -> Caller | Refusal:
    """The API's backend; anybody, for an API that asks for no signatures, and for its topics that ask for no credential."""
    events = target.api.deployed.events
    if events is None or not events.signed or not target.suffix:
        return Caller(target, ANYBODY)
    expected = signature(call.body, events.secret, events.algorithm)
    given = call.headers.get(events.header, "").strip()
    if hmac.compare_digest(given.lower().encode("utf-8", "replace"), expected.encode()):
        return Caller(target, _SIGNER)
    method = events.algorithm.lower()
    return BAD_SIGNATURE.because(BAD_SIGNATURE.description.format(header=events.header, method=method))
