"""Table `oauth`: clients, and what users have allowed them. A file per kind of row.

| pk                     | sk                 | body                                                                    |
|------------------------|--------------------|-------------------------------------------------------------------------|
| `T#CLIENT#<id>`        | `META`             | the client                                                              |
| `T#CLIENTNAME#<owner>` | name               | `{id}`: a name is unique among its owner's clients                      |
| `CLIENT#<id>`          | `META`             | `{tenant}`: the one key without a tenant, because the tenant is the question |
| `T#FAMILY#<id>`        | `META`             | a token family; TTL                                                     |
| `T#CODE#<sha256>`      | `META`             | an authorization code, also after it was redeemed; TTL                  |
| `T#SESSION#<sha256>`   | `META`             | a login session; TTL                                                    |
| `T#SESSIONFAMILIES#<id>` | family           | `{tenant}` of its client: what ends with the session; TTL               |
| `T#SESSIONFAMILIES#<id>` | `OVER`           | the session has ended, and nothing begins any more; TTL                 |
| `T#CONSENT#<user>`     | `<client> <digest>`| `{scopes}`: what a user allowed a client at once                        |
| `T#DEVICE#<sha256>`    | `META`             | a device code; TTL                                                      |
| `T#USERCODE#<code>`    | `META`             | `{digest}`: what a user types for a device; TTL                         |
| `T#ASSERTION#<sha256>` | `META`             | an assertion that was used; TTL                                         |
| `KEY#<kid>`            | `META`             | the longest life of a token that a signing key has signed, in `version` |

`T` is the client's tenant, of sessions, what ends with them and consents the user's. What has a TTL is checked on reading
too: DynamoDB deletes up to two days late.
"""
