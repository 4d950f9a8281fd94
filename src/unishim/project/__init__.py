"""Projects: a directory with unishim.toml, a kernel configuration, a program, and the build results."""
