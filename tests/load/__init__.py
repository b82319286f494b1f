"""The production engine under load, in virtual time: `make load` prints the table of docs/benchmarks.md.

`timeline` is the time, `store` the table of counters, `fleet` the environments that serve, `strategies` the ways to count,
`workloads` and `scenarios` what is called, `measures` what came of it, `targets` what must have, `report` the tables.
"""
