"""Throttling by prepaid adaptive leases: counters live in the store, environments hold tokens, hard quotas never over-admit.

`meter` says what is counted, `pocket` and `holdings` what an environment holds, `sizing` how much it takes at a time,
`leases` gets it, `engine` decides a call, `upkeep` leases ahead, `headers` tells the client.
docs/guides/throttling.md explains why.
"""
