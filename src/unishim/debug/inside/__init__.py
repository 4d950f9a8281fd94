"""Code that runs in gdb's own Python; gdb_script.py loads it. It has only the standard library and gdb."""
