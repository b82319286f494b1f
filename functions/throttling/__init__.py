"""The traffic manager: limits of all kinds, and whom the gateway shuts out."""
