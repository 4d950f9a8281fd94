"""The host: its tools and their packages, errors of its system calls, features of its kernel."""
