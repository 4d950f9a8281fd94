"""The system calls and error numbers of Linux on x86-64."""
