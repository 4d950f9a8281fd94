"""The machines that images run on."""
