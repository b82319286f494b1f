"""State: what must survive. Tables, the content bucket, the signing secret, the first admin's password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets

from infra.constructs.review import accept
from infra.constructs.table import Table

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stage import Stage

PASSWORD_LENGTH = 32
SEAL_LENGTH = 64
UPLOADS_KEPT = cdk.Duration.days(1)
SDKS_KEPT = cdk.Duration.days(30)
DELETED_KEPT = cdk.Duration.days(30)
"""Content that goes with its tenant is gone for good after this time."""


class State(cdk.Stack):
    """One table per service, so that a role can be given one table."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name, termination_protection=not stage.local)
        self.apis = Table(self, "apis", stage)
        self.applications = Table(self, "applications", stage)
        self.identity = Table(self, "identity", stage)
        self.oauth = Table(self, "oauth", stage)
        self.settings = Table(self, "settings", stage)
        self.workflows = Table(self, "workflows", stage, watched=True)
        self.artifacts = Table(self, "artifacts", stage)
        self.counters = Table(self, "counters", stage, sorted_by_key=False, backed_up=False)
        self.usage = Table(self, "usage", stage, backed_up=False)
        self.audit = Table(self, "audit", stage)
        self.content = self._content(stage)
        self.signing_secret = secrets.Secret(
            self,
            "signing",
            description="Private signing keys and the pepper of client secrets; written by the key manager only",
            removal_policy=stage.removal,
        )
        self.assertion_secret = secrets.Secret(
            self,
            "assertion",
            description="Private key that vouches for callers towards backends; the gateway reads it",
            removal_policy=stage.removal,
        )
        self.user_store_secret = self._user_store_secret(stage)
        self.first_admin = self._first_admin(stage)
        accept(self.signing_secret, "SMG4", "The key manager rotates keys itself: old and new must overlap")
        accept(self.assertion_secret, "SMG4", "As above; its tokens live for minutes")
        accept(
            self.first_admin, "SMG4", "Read once, at the first deployment; the admin changes the password afterwards"
        )

    def _content(self, stage: Stage) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "content",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=not stage.local,
            removal_policy=stage.removal,
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(1)),
                s3.LifecycleRule(
                    prefix="uploads/", expiration=UPLOADS_KEPT, noncurrent_version_expiration=UPLOADS_KEPT
                ),
                s3.LifecycleRule(prefix="definitions/", noncurrent_version_expiration=DELETED_KEPT),
                # An SDK that is asked for again is made again.
                s3.LifecycleRule(prefix="sdks/", expiration=SDKS_KEPT, noncurrent_version_expiration=SDKS_KEPT),
            ],
        )
        accept(bucket, "S1", "Private; every object is written and read by a function, which logs the call")
        return bucket

    def _user_store_secret(self, stage: Stage) -> secrets.Secret:
        secret = secrets.Secret(
            self,
            "user-stores",
            description="The key that passwords of user stores and secrets of identity providers are sealed with",
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template="{}",
                generate_string_key="key",
                password_length=SEAL_LENGTH,
                exclude_punctuation=True,
            ),
            removal_policy=stage.removal,
        )
        accept(
            secret, "SMG4", "What is sealed could not be opened any more; who may read it, can open nothing but these"
        )
        return secret

    def _first_admin(self, stage: Stage) -> secrets.Secret:
        description = "User name and password of the first administrator"
        if stage.first_admin_password:
            value = {
                "username": cdk.SecretValue.unsafe_plain_text("admin"),
                "password": cdk.SecretValue.unsafe_plain_text(stage.first_admin_password),
            }
            return secrets.Secret(
                self, "first-admin", description=description, secret_object_value=value, removal_policy=stage.removal
            )
        generated = secrets.SecretStringGenerator(
            secret_string_template='{"username": "admin"}',
            generate_string_key="password",
            password_length=PASSWORD_LENGTH,
            exclude_punctuation=True,
        )
        return secrets.Secret(
            self, "first-admin", description=description, generate_secret_string=generated, removal_policy=stage.removal
        )
