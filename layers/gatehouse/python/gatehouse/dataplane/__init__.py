"""One API call, one module per step; `gateway` tells the story. Standard library only: this is what a cold start loads."""
