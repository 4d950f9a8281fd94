"""Projects: a folder with unishim.toml, a kernel's configuration, a program, and what is built of them."""
