"""Vendors' registration interfaces in the shape that their documentation gives them, on loopback.

None of these servers can run here: each fake keeps clients, checks proofs, and answers and refuses in the documented form. What
is proved against them is that we speak the dialect, not that the vendor does.
"""
