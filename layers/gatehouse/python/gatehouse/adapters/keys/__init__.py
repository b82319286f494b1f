"""Keys, and what is signed, sealed or hashed: tokens, certificates, passwords, and where their keys are kept."""
