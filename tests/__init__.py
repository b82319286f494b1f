"""Tests, by cost: unit, contract, infra, integration, e2e. They mirror the code."""
