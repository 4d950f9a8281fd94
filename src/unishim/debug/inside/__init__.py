"""What runs in gdb's own Python; loaded by gdb_script.py. Only the standard library is there, and the module gdb."""
