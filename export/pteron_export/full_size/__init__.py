"""Every named model at its real size: built with its published configuration and random weights, run by our own engine."""
