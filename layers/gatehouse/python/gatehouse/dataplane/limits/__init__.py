"""Which limits are for a call: deny policies, conditions of advanced policies, custom rules, and what a call costs.

`dataplane/quota` puts them in order; `dataplane/throttle` counts.
"""
