"""The publisher function: providers design, revise, deploy, publish and retire APIs."""
