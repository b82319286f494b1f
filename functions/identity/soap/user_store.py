"""RemoteUserStoreManagerService: users and roles of the caller's tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.identity.account.wire import profile_of
from functions.identity.soap.wsdl import Part, Service, Shape, Structure
from gatehouse.controlplane.identity.accounts import AccountDraft
from gatehouse.controlplane.identity.groups import plain_name
from gatehouse.domain.people.identity import EVERYONE, User, UserNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.identity.soap.messages import Asked
    from gatehouse.controlplane.identity.accounts import Accounts
    from gatehouse.controlplane.identity.groups import Groups
    from gatehouse.domain.people.identity import Principal

_COMMON = "http://common.mgt.user.carbon.wso2.org/xsd"
USER_STORE = Service(
    name="RemoteUserStoreManagerService",
    namespace="http://service.ws.um.carbon.wso2.org",
    shapes={
        "addUser": Shape(
            (
                Part("userName"),
                Part("credential"),
                Part("roleList", many=True),
                Part("claims", "ClaimValue", many=True),
                Part("profileName"),
                Part("requirePasswordChange", "boolean"),
            )
        ),
        "isExistingUser": Shape((Part("userName"),), Part("return", "boolean")),
        "deleteUser": Shape((Part("userName"),)),
        "getRoleListOfUser": Shape((Part("userName"),), Part("return", many=True)),
        "updateRoleListOfUser": Shape((Part("userName"), Part("deletedRoles", many=True), Part("newRoles", many=True))),
        "addRole": Shape(
            (Part("roleName"), Part("userList", many=True), Part("permissions", "PermissionDTO", many=True))
        ),
    },
    structures={
        "ClaimValue": Structure(_COMMON, (Part("claimURI"), Part("value"))),
        "PermissionDTO": Structure(
            "http://dto.service.ws.um.carbon.wso2.org/xsd", (Part("action"), Part("resourceId"))
        ),
    },
)


class UserStoreService:
    """Its operations, by name: each answers what goes under `return`."""

    def __init__(self, accounts: Accounts, groups: Groups) -> None:
        self._accounts = accounts
        self._groups = groups
        self.operations: Mapping[str, Callable[[Principal, Asked], Any]] = {
            "addUser": self.add_user,
            "isExistingUser": self.is_existing_user,
            "deleteUser": self.delete_user,
            "getRoleListOfUser": self.role_list,
            "updateRoleListOfUser": self.update_role_list,
            "addRole": self.add_role,
        }

    def add_user(self, caller: Principal, asked: Asked) -> None:
        """Raises Invalid, UserExists."""
        claims = [(str(one.get("claimURI", "")), str(one.get("value", ""))) for one in asked.parts("claims")]
        draft = AccountDraft(
            username=asked.text("userName"),
            password=asked.text("credential"),
            roles=frozenset(plain_name(name) for name in asked.texts("roleList")),
            active=True,
            profile=profile_of(claims, by_administrator=True),
        )
        self._accounts.create(caller, draft)

    def is_existing_user(self, caller: Principal, asked: Asked) -> bool:
        """Whether there is one of this name."""
        return self._accounts.named(caller, asked.text("userName")) is not None

    def delete_user(self, caller: Principal, asked: Asked) -> None:
        """Raises UserNotFound, Forbidden (oneself)."""
        self._accounts.delete(caller, self._user(caller, asked))

    def role_list(self, caller: Principal, asked: Asked) -> list[str]:
        """The names of the user's roles. Raises UserNotFound."""
        return sorted(self._user(caller, asked).roles)

    def update_role_list(self, caller: Principal, asked: Asked) -> None:
        """Raises UserNotFound, Invalid (`roles`), Forbidden (oneself)."""
        user = self._user(caller, asked)
        gone = {plain_name(name) for name in asked.texts("deletedRoles")} - {EVERYONE}
        come = {plain_name(name) for name in asked.texts("newRoles")}
        draft = AccountDraft(
            username=user.name,
            password=None,
            roles=frozenset(user.roles - gone | come),
            active=user.active,
            profile=user.profile,
        )
        self._accounts.replace(caller, user, draft)

    def add_role(self, caller: Principal, asked: Asked) -> None:
        """Permissions have no meaning here: rights are bound to the names of roles. Raises Invalid, RoleExists."""
        members = [self._named(caller, name).id for name in asked.texts("userList")]
        self._groups.create(caller, asked.text("roleName"), members)

    def _user(self, caller: Principal, asked: Asked) -> User:
        return self._named(caller, asked.text("userName"))

    def _named(self, caller: Principal, name: str) -> User:
        found = self._accounts.named(caller, name)
        if found is None:
            raise UserNotFound(f"There is no user '{name[:100]}'.")
        return found
