"""Table `applications`: applications, their keys and their subscriptions, one file per port, one row type for all.

| pk                   | sk                          | body                                                               |
|----------------------|-----------------------------|--------------------------------------------------------------------|
| `T#APP#<id>`         | `META`                      | the application                                                    |
| `T#APP#<id>`         | `KEY#<type>#<key manager>`  | a key                                                              |
| `T#APP#<id>`         | `SUB#<API id>`              | a subscription                                                     |
| `T#APP#<id>`         | `APIKEY#<key id>`           | an API key that is bound to the application                        |
| `T#APP#<id>`         | `ASSOC#<API id>#<key id>`   | `{pk, sk}`: where a key of an API that it may use stands           |
| `T#BOUNDKEYS#<owner>`| `<API id>#<key id>`         | an API key that is bound to an API                                 |
| `T#APIKEYS#<API id>` | key id                      | `{pk, sk}`: where a key that is bound to the API stands            |
| `T#APPS`             | `<owner>#<name>`            | `{id, policy}`: names are unique; lists, by owner and of the tenant |
| `T#WELCOMED`         | owner                       | `{}`: this user has had a default application                      |
| `T#SUBID`            | subscription id             | `{application_id, api_id, policy}`: what the id stands for         |
| `T#CLIENTS#<KM id>`  | consumer key                | `{application_id}`: a client at an external key manager stands for one |
| `T#APISUBS#<API id>` | application id              | `{}`: who is subscribed to an API                                  |
| `T#WEBHOOKS#<id>`    | `<API id>#<topic>#<callback>`, both hashed | a webhook of the application                        |
| `T#HOLDERS#<API id>` | application id              | `taken`: how many webhooks an application has at an API            |

Owners and names in keys are lower case; `#` and `%` of an owner are percent-encoded. META counts two things apart from
its version: `subscriptions`, and `keys`, which moves whenever a key comes or goes, and when an API key comes. Who rewrites the
grants of all keys demands that `keys` stands where it stood when they were read.
"""

from gatehouse.adapters.dynamo.applications.api_key_revocation import RevocableApiKeys
from gatehouse.adapters.dynamo.applications.api_keys import ApiKeyTable
from gatehouse.adapters.dynamo.applications.applications import ApplicationTable
from gatehouse.adapters.dynamo.applications.keys import KeyTable
from gatehouse.adapters.dynamo.applications.subscriptions import SubscriptionTable
from gatehouse.adapters.dynamo.applications.webhooks import WebhookTable

__all__ = ["ApiKeyTable", "ApplicationTable", "KeyTable", "RevocableApiKeys", "SubscriptionTable", "WebhookTable"]
