"""What the program is told: each function answers the system call that it is named for."""

from unishim.handlers import syscall_r_define, syscall_wrap


@syscall_r_define
def getuid(k):
    """Replaces the kernel's answer."""
    return 1234


@syscall_wrap
def uname(k, call, name):
    """Changes what the kernel answers."""
    result = call()
    name.set(nodename=b"a-unikernel")
    return result


@syscall_wrap
def write(k, call, fd, buf, count):
    """Lets some writes get lost, without the program's noticing."""
    if b"secret" in bytes(buf):
        return count
    return call()
