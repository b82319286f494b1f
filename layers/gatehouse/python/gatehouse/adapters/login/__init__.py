"""Logging in with a name and a password: who is proved, how often one may guess, and what is written down of it.

Nothing heavy is imported here: the gateway checks passwords too.
"""

from gatehouse.adapters.login.composition import login_guard, password_login, store_users, user_store_seal
from gatehouse.adapters.login.guard import LoginGuard
from gatehouse.adapters.login.journal import LogJournal
from gatehouse.adapters.login.passwords import PasswordLogin, RememberedPasswords

__all__ = [
    "LogJournal",
    "LoginGuard",
    "PasswordLogin",
    "RememberedPasswords",
    "login_guard",
    "password_login",
    "store_users",
    "user_store_seal",
]
