"""What operators see of calls beside their lines. `record` writes those."""
