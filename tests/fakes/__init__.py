"""Fakes of the ports. Each is verified by the contract suite that its adapter passes too."""
