"""Throttling by prepaid adaptive leases: counters live in the store, environments hold tokens, hard quotas never over-admit.

`meter` says what is counted, `pocket` what an environment holds, `sizing` how much it takes at a time, `engine` decides a
call, `headers` tells the client. docs/throttling.md explains why.
"""
