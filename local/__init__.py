"""Runs the CDK app of this repository on one machine: emulator, ports, demo."""
