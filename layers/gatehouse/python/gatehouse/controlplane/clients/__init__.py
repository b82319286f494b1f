"""Clients: programs that ask for tokens. How they are registered, how they prove themselves, where they are answered."""
