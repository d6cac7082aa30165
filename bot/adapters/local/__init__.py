"""The door to a git repository on this machine: what `github` does over the network, with branches and files alone."""
