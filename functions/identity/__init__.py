"""Identity: who may log in and what they may do; the first tenant and its administrator."""
