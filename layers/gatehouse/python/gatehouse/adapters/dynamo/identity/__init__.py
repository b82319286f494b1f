"""Table `identity`: tenants, their roles and their users.

| pk           | sk                | body                                               |
|--------------|-------------------|----------------------------------------------------|
| `T#USER`     | name, lower case  | the user; also the list of the tenant's users      |
| `T#USERID`   | user id           | `{name}`: what the id stands for                   |
| `T#ROLE`     | role name         | the role; also the list of the tenant's roles      |
| `T#ROLEID`   | role id           | `{name}`: what the id stands for                   |
| `T#MEMBER#R` | name, lower case  | `{id, name}`: a user who has role R                |
| `T#RECOVERY` | digest of a code  | who may set a new password with it, until when     |
| `T#RECOVERING` | name, lower case | `{digest}` of the user's last code                |
| `T#TENANT`   | `META`            | the tenant                                         |

User names are unique without regard to case; the row keeps the spelling. Member rows are written with the user, and the
user's own row is what decides. `Internal/everyone` has none: all users have it.
"""

from gatehouse.adapters.dynamo.identity.recovery import RecoveryTable
from gatehouse.adapters.dynamo.identity.roles import RoleTable
from gatehouse.adapters.dynamo.identity.tenants import TenantTable
from gatehouse.adapters.dynamo.identity.users import UserDirectory, UserTable

__all__ = ["RecoveryTable", "RoleTable", "TenantTable", "UserDirectory", "UserTable"]
