"""Subjects: what can wait for an approval, one module each: what is asked, and what a decision makes of it."""
