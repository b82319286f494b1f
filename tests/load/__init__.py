"""The production engine under load, in virtual time: `make load` prints the table of docs/benchmarks.md.

`timeline` is the time, `store` the table of counters, `fleet` the environments that serve, `strategies` the ways to count,
`workloads` what is called, `scenario` and `scenarios` all of it together, `measures` what came of it, `targets` what must,
`report` the tables.
"""
