"""APIs in stores of others: what is put there, where, and how it is taken back."""
