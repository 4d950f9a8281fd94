"""Handlers: each function handles the system call that it is named after."""

from unishim.handlers import syscall_r_define, syscall_wrap


@syscall_r_define
def getuid(k):
    """Returns another user ID than the kernel."""
    return 1234


@syscall_wrap
def uname(k, call, name):
    """Changes the result of the kernel's uname."""
    result = call()
    name.set(nodename=b"a-unikernel")
    return result


@syscall_wrap
def write(k, call, fd, buf, count):
    """Silently discards some writes."""
    if b"secret" in bytes(buf):
        return count
    return call()
