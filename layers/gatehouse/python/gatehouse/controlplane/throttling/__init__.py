"""The traffic manager: what admins limit, by policy and by rule, and whom they shut out."""
