"""Constants of poll(2), epoll(7), eventfd(2), inotify(7), signalfd(2).

Source: uapi asm-generic/poll.h, linux/eventpoll.h, linux/inotify.h, linux/signalfd.h; EFD_ as the kernel's
include/linux/eventfd.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

POLL = flags(
    "poll",
    "POLL???",
    {
        "POLLIN": 1,
        "POLLPRI": 2,
        "POLLOUT": 4,
        "POLLERR": 8,
        "POLLHUP": 0x10,
        "POLLNVAL": 0x20,
        "POLLRDNORM": 0x40,
        "POLLRDBAND": 0x80,
        "POLLWRNORM": 0x100,
        "POLLWRBAND": 0x200,
        "POLLMSG": 0x400,
        "POLLREMOVE": 0x1000,
        "POLLRDHUP": 0x2000,
        "POLL_BUSY_LOOP": 0x8000,
    },
    width=16,
)
EPOLL_CTL = enumeration(
    "epoll_ctl",
    "EPOLL_CTL_???",
    {
        "EPOLL_CTL_ADD": 1,
        "EPOLL_CTL_MOD": 3,
        "EPOLL_CTL_DEL": 2,
    },
)
EPOLL = flags(
    "epoll",
    "EPOLL???",
    {
        "EPOLLIN": 1,
        "EPOLLPRI": 2,
        "EPOLLOUT": 4,
        "EPOLLERR": 8,
        "EPOLLHUP": 0x10,
        "EPOLLNVAL": 0x20,
        "EPOLLRDNORM": 0x40,
        "EPOLLRDBAND": 0x80,
        "EPOLLWRNORM": 0x100,
        "EPOLLWRBAND": 0x200,
        "EPOLLMSG": 0x400,
        "EPOLLRDHUP": 0x2000,
        "EPOLLEXCLUSIVE": 0x10000000,
        "EPOLLWAKEUP": 0x20000000,
        "EPOLLONESHOT": 0x40000000,
        "EPOLLET": 0x80000000,
    },
)
EPOLL_CREATE = flags(
    "epoll_create",
    "EPOLL_???",
    {
        "EPOLL_CLOEXEC": 0x80000,
    },
)
EVENTFD = flags(
    "eventfd",
    "EFD_???",
    {
        "EFD_SEMAPHORE": 1,
        "EFD_CLOEXEC": 0x80000,
        "EFD_NONBLOCK": 0x800,
    },
)
SIGNALFD = flags(
    "signalfd",
    "SFD_???",
    {
        "SFD_CLOEXEC": 0x80000,
        "SFD_NONBLOCK": 0x800,
    },
)
INOTIFY_INIT = flags(
    "inotify_init",
    "IN_???",
    {
        "IN_NONBLOCK": 0x800,
        "IN_CLOEXEC": 0x80000,
    },
)
INOTIFY = flags(
    "inotify",
    "IN_???",
    {
        "IN_ACCESS": 1,
        "IN_MODIFY": 2,
        "IN_ATTRIB": 4,
        "IN_CLOSE_WRITE": 8,
        "IN_CLOSE_NOWRITE": 0x10,
        "IN_OPEN": 0x20,
        "IN_MOVED_FROM": 0x40,
        "IN_MOVED_TO": 0x80,
        "IN_CREATE": 0x100,
        "IN_DELETE": 0x200,
        "IN_DELETE_SELF": 0x400,
        "IN_MOVE_SELF": 0x800,
        "IN_UNMOUNT": 0x2000,
        "IN_Q_OVERFLOW": 0x4000,
        "IN_IGNORED": 0x8000,
        "IN_ONLYDIR": 0x1000000,
        "IN_DONT_FOLLOW": 0x2000000,
        "IN_EXCL_UNLINK": 0x4000000,
        "IN_MASK_CREATE": 0x10000000,
        "IN_MASK_ADD": 0x20000000,
        "IN_ISDIR": 0x40000000,
        "IN_ONESHOT": 0x80000000,
    },
)
USERFAULTFD = flags(
    "userfaultfd",
    "UFFD_???",
    {
        "UFFD_USER_MODE_ONLY": 1,
        "O_NONBLOCK": 0o4000,
        "O_CLOEXEC": 0o2000000,
    },
)
SETS: tuple[ConstantSet, ...] = (
    POLL,
    EPOLL_CTL,
    EPOLL,
    EPOLL_CREATE,
    EVENTFD,
    SIGNALFD,
    INOTIFY_INIT,
    INOTIFY,
    USERFAULTFD,
)
