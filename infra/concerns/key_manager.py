"""Tokens, and the clients that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import KeyManagerSettings
from infra.constructs.table import CHECK, READ, WRITE
from infra.stage import SECONDS_OF_A_DAY

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern


def key_manager(house: House) -> Concern:
    """It looks after the keys that tokens are signed with once a day."""
    state = house.state
    key_manager = house.management_concern(
        "key_manager",
        KeyManagerSettings(
            **house.management(),
            oauth_table=state.oauth.table_name,
            signing_secret=state.signing_secret.secret_arn,
            assertion_secret=state.assertion_secret.secret_arn,
            session_seconds=house.stage.session_seconds,
            key_rotation_seconds=house.stage.key_rotation_days * SECONDS_OF_A_DAY,
            introspects_across_tenants=house.stage.introspects_across_tenants,
            implicit_allowed=house.stage.implicit_allowed,
            local_backends_allowed=house.stage.local,
        ),
    )
    key_manager.may(state.oauth.table_arn, *READ, *WRITE)
    key_manager.may(state.artifacts.table_arn, *WRITE)
    # Whom an identity provider vouches for is kept as a user, with the roles that are there.
    key_manager.may(state.identity.table_arn, *READ, *WRITE, CHECK)
    for secret in (state.signing_secret, state.assertion_secret):
        key_manager.may(secret.secret_arn, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    # A rotation takes several steps, so it is looked after more often than keys are replaced.
    key_manager.acts_daily("rotate_keys")
    return key_manager
