"""Throttling by prepaid adaptive leases: counters live in the store, environments hold tokens, hard quotas never over-admit.

`meter` says what is counted, `pocket` and `holdings` what an environment holds, `claims` what a call takes of it; `sizing`
how much is leased at a time, `leases` what that changes, `lessor` asks the store for it unless the `breaker` is open;
`engine` decides a call by the `rules` of the deployment; `upkeep` leases ahead, `returns` gives back, `headers` tells the
client. docs/guides/throttling.md explains why.
"""
