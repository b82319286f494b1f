"""User stores beside the tenant's own.

Only what tells their users' names apart is imported here: directories, encryption and regular expressions are loaded by
the first name that has a domain, so that nobody pays for them who has none.
"""

from gatehouse.adapters.user_stores.routing import StoreUsers

__all__ = ["StoreUsers"]
