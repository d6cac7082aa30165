"""The doors: everything that touches the network, the disk or another program."""
