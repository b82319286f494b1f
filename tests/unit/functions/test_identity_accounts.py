"""Signing up and recovery, through the surface, as people without an account or a password have them."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.workflows.rules import APPROVAL as APPROVED_BY_HAND
from gatehouse.controlplane.workflows.rules import ELEMENTS, EXECUTOR, SECTION
from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.workflow import Workflow, WorkflowDecided, WorkflowKind
from tests import logs
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import bearer
from tests.worlds.identity import USERS, IdentityWorld

SIGN_UP = "/user/v1.0/me"
RECOVER, VALIDATE, SET = (f"/recovery/v0.9/{step}" for step in ("recover-password", "validate-code", "set-password"))
CLAIMS = "http://wso2.org/claims/"


APPROVAL = {SECTION: {ELEMENTS[WorkflowKind.USER_SIGNUP]: {EXECUTOR: APPROVED_BY_HAND}}}


def pending(world: IdentityWorld) -> list[Workflow]:
    return world.approvals.workflows.pending(SUPER_TENANT)


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def newcomer(name: str = "eve", claims: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    told = [{"uri": CLAIMS + name, "value": value} for name, value in (claims or {}).items()]
    return {"user": {"username": name, "password": "sesame", "claims": told, **more}, "properties": []}


class TestSignUp:
    def test_201_a_newcomer_logs_in_as_a_subscriber(self, world: IdentityWorld) -> None:
        reply = world.account(SIGN_UP, newcomer())
        assert (reply.status, reply.text) == (201, "")
        caller = world.callers.log_in("eve", "sesame")
        assert caller.roles == {"Internal/subscriber", "Internal/everyone"}

    def test_201_claims_become_the_profile_that_scim_shows(self, world: IdentityWorld) -> None:
        told = {
            "emailaddress": "e@example.com",
            "givenname": "Eve",
            "lastname": "Moe",
            "mobile": "7",
            "organization": "X",
        }
        assert world.account(SIGN_UP, newcomer(claims=told)).status == 201
        (user,) = world.scim("GET", USERS, query={"filter": 'userName eq "eve"'}).json["Resources"]
        assert user["emails"] == [{"value": "e@example.com"}]
        assert user["name"] == {"givenName": "Eve", "familyName": "Moe"}
        assert user["phoneNumbers"] == [{"value": "7", "type": "mobile"}]
        assert user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] == {"organization": "X"}

    @pytest.mark.parametrize(
        ("root", "body"),
        [
            (f"/t/{OTHER_TENANT}", newcomer()),
            (f"/t/{OTHER_TENANT}", newcomer(f"eve@{OTHER_TENANT}")),
            ("", newcomer(f"eve@{OTHER_TENANT}")),
            ("", newcomer(tenantDomain=OTHER_TENANT)),
        ],
    )
    def test_201_in_the_tenant_that_is_named(self, world: IdentityWorld, root: str, body: dict[str, Any]) -> None:
        assert world.account(SIGN_UP, body, root=root).status == 201
        assert world.users.get(OTHER_TENANT, "eve") is not None
        assert world.users.get(SUPER_TENANT, "eve") is None

    def test_201_an_e_mail_address_as_user_name(self, world: IdentityWorld) -> None:
        assert world.account(SIGN_UP, newcomer("eve@mail.example")).status == 201
        assert world.callers.log_in("eve@mail.example@carbon.super", "sesame").user == "eve@mail.example"

    def test_409_a_name_that_is_taken_says_so(self, world: IdentityWorld) -> None:
        reply = world.account(SIGN_UP, newcomer("MARY"))
        assert (reply.status, reply.json["description"]) == (409, "A user of this name exists already.")
        assert world.users.writes == 0

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            (newcomer("ev"), "userName"),
            (newcomer(password="1234"), "password"),
            (newcomer(claims={"shoesize": "7"}), "user.claims.0.uri"),
            ({"user": {"username": "eve"}}, "user.password"),
            (newcomer(roles=["admin"]), "user.roles"),
        ],
    )
    def test_400_what_is_wrong_is_named(self, world: IdentityWorld, body: dict[str, Any], named: str) -> None:
        reply = world.account(SIGN_UP, body)
        assert (reply.status, named in reply.json["description"]) == (400, True), reply.text
        assert world.users.writes == 0

    def test_403_where_it_is_switched_off_and_where_there_is_no_tenant(self, world: IdentityWorld) -> None:
        world.configurations.save(SUPER_TENANT, {"SelfSignUp": {"EnableSelfSignUp": False}})
        closed = world.account(SIGN_UP, newcomer())
        nowhere = world.account(SIGN_UP, newcomer(), root="/t/nowhere.example")
        assert (closed.status, closed.text) == (nowhere.status, nowhere.text) == (403, closed.text)
        assert world.users.writes == 0

    def test_the_roles_are_the_configured_ones_and_never_an_administrator_s(self, world: IdentityWorld) -> None:
        roles = ["admin", "Internal/creator", "no-such-role"]
        world.configurations.save(SUPER_TENANT, {"SelfSignUp": {"SignUpRoles": roles}})
        world.account(SIGN_UP, newcomer())
        assert world.callers.log_in("eve", "sesame").roles == {"Internal/creator", "Internal/everyone"}

    def test_who_must_be_approved_logs_in_when_an_administrator_says_so(self, world: IdentityWorld) -> None:
        world.configurations.save(SUPER_TENANT, {"SelfSignUp": {"RequireApproval": True}})
        assert world.account(SIGN_UP, newcomer()).status == 201
        with pytest.raises(Unauthenticated):
            world.callers.log_in("eve", "sesame")
        (user,) = world.scim("GET", USERS, query={"filter": 'active eq false and userName eq "eve"'}).json[
            "Resources"
        ] or [None]
        world.patch(f"{USERS}/{user['id']}", {"op": "replace", "path": "active", "value": True})
        assert world.callers.log_in("eve", "sesame").user == "eve"

        assert pending(world) == []

    @pytest.mark.parametrize("said", [{"SelfSignUp": {"RequireApproval": True}}, APPROVAL])
    def test_who_waits_is_decided_about_by_a_workflow(self, world: IdentityWorld, said: dict[str, Any]) -> None:
        world.configurations.save(SUPER_TENANT, said)
        world.account(SIGN_UP, newcomer())
        (waiting,) = pending(world)
        assert (waiting.kind, waiting.properties["userName"]) == (WorkflowKind.USER_SIGNUP, "eve")
        world.parts.desk.decide(waiting, {}, approved=True, by="admin")
        assert world.callers.log_in("eve", "sesame").user == "eve"
        assert pending(world) == []

    def test_who_is_rejected_is_forgotten_and_may_ask_again(self, world: IdentityWorld) -> None:
        world.configurations.save(SUPER_TENANT, APPROVAL)
        world.account(SIGN_UP, newcomer())
        world.parts.desk.decide(pending(world)[0], {}, approved=False, by="admin")
        assert world.users.get(SUPER_TENANT, "eve") is None
        assert world.account(SIGN_UP, newcomer()).status == 201

    def test_who_is_deleted_meanwhile_waits_no_more(self, world: IdentityWorld) -> None:
        world.configurations.save(SUPER_TENANT, APPROVAL)
        world.account(SIGN_UP, newcomer())
        (waiting,) = pending(world)
        assert world.scim("DELETE", f"{USERS}/{waiting.subject}").status == 204
        assert pending(world) == []
        with pytest.raises(WorkflowDecided):
            world.parts.desk.decide(waiting, {}, approved=True, by="admin")

    def test_without_an_approval_nothing_waits(self, world: IdentityWorld) -> None:
        world.account(SIGN_UP, newcomer())
        assert world.callers.log_in("eve", "sesame").user == "eve"
        assert pending(world) == []


class TestRecovery:
    @pytest.fixture(autouse=True)
    def _sarah(self, world: IdentityWorld) -> None:
        world.add("sarah", "Internal/subscriber", emails=[{"value": "old@x"}, {"value": "s@x", "primary": True}])

    def ask(self, world: IdentityWorld, name: str = "sarah", **more: Any) -> Any:
        return world.account(RECOVER, {"user": {"username": name, **more}, "properties": []})

    def code(self, world: IdentityWorld) -> str:
        self.ask(world)
        return next(line.strip() for line in world.letters.letters[-1].text.splitlines() if line.startswith("    "))

    def test_200_a_code_comes_by_mail_and_sets_a_password_once(self, world: IdentityWorld) -> None:
        code = self.code(world)
        assert [letter.to for letter in world.letters.letters] == ["s@x"]
        assert world.account(VALIDATE, {"code": code}).json == {"key": code}
        assert world.account(SET, {"key": code, "password": "another"}).status == 200
        assert world.callers.log_in("sarah", "another").user == "sarah"
        assert world.artifacts.get([revocation_key(SUPER_TENANT, RevocationKind.USER, "sarah")]) != [None]
        for path, body in ((SET, {"key": code, "password": "a third"}), (VALIDATE, {"code": code})):
            reply = world.account(path, body)
            assert (reply.status, "has been used" in reply.json["description"]) == (400, True)

    def test_202_for_everybody_alike_and_after_the_same_time(self, world: IdentityWorld) -> None:
        answers = [self.ask(world, name) for name in ("sarah", "sarah", "nobody", "gone", "unheard-of", "x" * 500)]
        answers.append(self.ask(world, **{"tenant-domain": "nowhere.example"}))
        assert {(reply.status, reply.text) for reply in answers} == {(202, "")}
        assert world.pauses == [1.0] * len(answers)
        assert len(world.letters.letters) == 1

    def test_202_when_mail_is_broken(self, world: IdentityWorld) -> None:
        world.letters.broken = True
        with logs.collected() as output:
            assert self.ask(world).status == 202
        assert "a letter was not sent" in output.getvalue()
        assert "s@x" not in output.getvalue()

    def test_400_a_code_whose_time_is_over_or_that_a_newer_one_replaces(self, world: IdentityWorld) -> None:
        first = self.code(world)
        world.clock.advance(61)
        second = self.code(world)
        assert world.account(VALIDATE, {"code": first}).status == 400
        world.clock.advance(1800)
        assert world.account(SET, {"key": second, "password": "another"}).status == 400

    @pytest.mark.parametrize("code", ["", "x", "x.y", "Y2FyYm9uLnN1cGVy.", "Y2FyYm9uLnN1cGVy.x", "ä.b", "." * 900])
    def test_400_what_is_no_code(self, world: IdentityWorld, code: str) -> None:
        assert world.account(SET, {"key": code, "password": "another"}).status == 400

    def test_400_a_password_that_breaks_a_rule_leaves_the_code_good(self, world: IdentityWorld) -> None:
        code = self.code(world)
        assert "password" in world.account(SET, {"key": code, "password": "1234"}).json["description"]
        assert world.account(SET, {"key": code, "password": "another"}).status == 200

    def test_400_the_code_of_somebody_who_was_made_inactive(self, world: IdentityWorld) -> None:
        code = self.code(world)
        user = world.users.get(SUPER_TENANT, "sarah")
        assert user is not None
        world.patch(f"{USERS}/{user.id}", {"op": "replace", "path": "active", "value": False})
        assert world.account(SET, {"key": code, "password": "another"}).status == 400

    def test_a_code_is_of_its_tenant(self, world: IdentityWorld) -> None:
        body = {"userName": "sarah", "password": PASSWORD, "emails": [{"value": "other@x"}]}
        world.scim("POST", USERS, body, by=f"admin@{OTHER_TENANT}")
        code = self.code(world)
        assert world.account(SET, {"key": code, "password": "another"}).status == 200
        assert world.callers.log_in(f"sarah@{OTHER_TENANT}", PASSWORD).tenant == OTHER_TENANT
        self.ask(world, f"sarah@{OTHER_TENANT}")
        assert world.letters.letters[-1].to == "other@x"


class TestChangingOnesPassword:
    @pytest.mark.parametrize("new", ["another", "pässwörd ✓", "with spaces  "])
    def test_200_the_new_one_holds_and_tokens_are_void(self, world: IdentityWorld, new: str) -> None:
        token = bearer(world.token("mary", "apim:subscribe"))
        assert world.change_password(PASSWORD, new, by=None, headers=token).status == 200
        assert world.callers.log_in("mary", new).user == "mary"
        with pytest.raises(Unauthenticated):
            world.callers.identify(token)

    def test_400_a_wrong_current_password_has_wso2_s_code(self, world: IdentityWorld) -> None:
        reply = world.change_password("wrong", "another")
        assert (reply.status, reply.json["code"]) == (400, 901451)
        assert world.users.writes == 0

    def test_400_a_new_one_that_breaks_a_rule(self, world: IdentityWorld) -> None:
        assert "password" in world.change_password(PASSWORD, "1234").json["description"]
        assert world.users.writes == 0

    @pytest.mark.parametrize("by", [None, "nobody"])
    def test_401_without_the_scope(self, world: IdentityWorld, by: str | None) -> None:
        assert world.change_password(PASSWORD, "another", by=by).status == 401


class TestRules:
    """What a tenant's configuration says below `PrimaryUserStore`."""

    def test_400_names_the_rule_in_the_words_of_the_configuration(self, world: IdentityWorld) -> None:
        rules = {
            "UsernameJavaRegEx": "[a-z]{3,8}",
            "PasswordJavaRegEx": "(?s).*[0-9].*",
            "PasswordJavaRegExViolationErrorMsg": "must have a digit",
        }
        world.configurations.save(SUPER_TENANT, {"PrimaryUserStore": rules})
        assert "must match UsernameJavaRegEx: [a-z]{3,8}" in world.add("Sarah7").json["detail"]
        assert world.add("sarah").json["detail"] == "password: must have a digit"
        assert world.add("sarah", password="sesame7").status == 201

    @pytest.mark.parametrize("pattern", ["(", "(?=a)b", "x" * 5000])
    def test_400_a_rule_that_cannot_be_used_says_so(self, world: IdentityWorld, pattern: str) -> None:
        world.configurations.save(SUPER_TENANT, {"PrimaryUserStore": {"PasswordJavaRegEx": pattern}})
        assert "because the tenant's rule for it" in world.add("sarah").json["detail"]

    @pytest.mark.parametrize("rules", [None, [], "x", {"PasswordJavaRegEx": 7}, {"PasswordJavaRegEx": ""}])
    def test_what_the_configuration_does_not_say_is_as_by_default(self, world: IdentityWorld, rules: Any) -> None:
        world.configurations.save(SUPER_TENANT, {"PrimaryUserStore": rules})
        assert world.add("sarah").status == 201
