"""The platforms that images run on."""
