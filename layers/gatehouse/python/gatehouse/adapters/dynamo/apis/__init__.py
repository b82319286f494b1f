"""Table `apis`: an API's item collection, and what makes names unique; one row type for all.

| pk              | sk                       | what                                                                 |
|-----------------|--------------------------|----------------------------------------------------------------------|
| `T#API#<id>`    | `META`                   | the API; `removing` is there while it is being deleted                |
| `T#API#<id>`    | `REVISION#<number>`      | a snapshot; its version moves with each deployment                    |
| `T#API#<id>`    | `REVISIONS`              | `number`: the last one given out                                         |
| `T#API#<id>`    | `DEPLOYMENT#<env>`       | which revision (`number`) is in that environment                      |
| `T#API#<id>`    | `HISTORY#<time>#<n>`     | a step of its life, by time and version of the API                    |
| `T#API#<id>`    | `PRODUCT#<id>`           | what a product uses of it (`memberships`)                             |
| `T#API#<id>`    | `RATING#<user>`          | what a user thinks of it (`ratings`); `T#RATINGS` has the sums        |
| `T#APIS`        | `<name>#<version>#<id>`  | its summary: the list of a tenant is this partition                   |
| `T#APIS-NOTES`  | `<time>#<n>`             | which summary was written then (`mirror`); expires                   |
| `T#WORDINGS`    | `<id>`                   | what its design says in words (`wordings`)                           |
| `T#WORDINGS-DEPLOYED` | `<id>#<env>`       | what is deployed there says in words                                 |
| `T#NAME`        | `<name>`                 | `number` of versions of that name; `context` is their family          |
| `T#NAMEVERSION` | `<name>#<version>`       | sentinel                                                              |
| `T#CONTEXT`     | `<base path>`            | sentinel                                                              |
| `T#SCOPENAME`   | `<scope>`                | `number` of versions of an API that have it (`scopes`)               |

Names are unique regardless of case.
"""

from gatehouse.adapters.dynamo.apis.apis import ApiTable
from gatehouse.adapters.dynamo.apis.rows import ApiRow

__all__ = ["ApiRow", "ApiTable"]
