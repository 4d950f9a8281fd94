"""Constants of processes, threads, limits and scheduling.

Source: uapi linux/resource.h, asm-generic/resource.h, linux/futex.h, linux/sched.h, linux/wait.h, linux/personality.h,
linux/rseq.h, linux/random.h, linux/kcmp.h, linux/reboot.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

PERSONALITY_KIND = enumeration(
    "personality_kind",
    "PER_???",
    {
        "PER_LINUX": 0,
        "PER_LINUX_32BIT": 0x800000,
        "PER_LINUX_FDPIC": 0x80000,
        "PER_SVR4": 0x4100001,
        "PER_SVR3": 0x5000002,
        "PER_SCOSVR3": 0x7000003,
        "PER_OSR5": 0x6000003,
        "PER_WYSEV386": 0x5000004,
        "PER_ISCR4": 0x4000005,
        "PER_BSD": 6,
        "PER_SUNOS": 0x4000006,
        "PER_XENIX": 0x5000007,
        "PER_LINUX32": 8,
        "PER_LINUX32_3GB": 0x8000008,
        "PER_IRIX32": 0x4000009,
        "PER_IRIXN32": 0x400000A,
        "PER_IRIX64": 0x400000B,
        "PER_RISCOS": 12,
        "PER_SOLARIS": 0x400000D,
        "PER_UW7": 0x410000E,
        "PER_OSF4": 15,
        "PER_HPUX": 16,
    },
)
SCHEDULER_POLICY = enumeration(
    "scheduler_policy",
    "SCHED_???",
    {
        "SCHED_OTHER": 0,
        "SCHED_FIFO": 1,
        "SCHED_RR": 2,
        "SCHED_BATCH": 3,
        "SCHED_ISO": 4,
        "SCHED_IDLE": 5,
        "SCHED_DEADLINE": 6,
    },
)
RLIMIT = enumeration(
    "rlimit",
    "RLIMIT_???",
    {
        "RLIMIT_CPU": 0,
        "RLIMIT_FSIZE": 1,
        "RLIMIT_DATA": 2,
        "RLIMIT_STACK": 3,
        "RLIMIT_CORE": 4,
        "RLIMIT_RSS": 5,
        "RLIMIT_NPROC": 6,
        "RLIMIT_NOFILE": 7,
        "RLIMIT_MEMLOCK": 8,
        "RLIMIT_AS": 9,
        "RLIMIT_LOCKS": 10,
        "RLIMIT_SIGPENDING": 11,
        "RLIMIT_MSGQUEUE": 12,
        "RLIMIT_NICE": 13,
        "RLIMIT_RTPRIO": 14,
        "RLIMIT_RTTIME": 15,
    },
)
RUSAGE = enumeration(
    "rusage",
    "RUSAGE_???",
    {
        "RUSAGE_SELF": 0,
        "RUSAGE_CHILDREN": -1,
        "RUSAGE_BOTH": -2,
        "RUSAGE_THREAD": 1,
    },
)
FUTEX = enumeration(
    "futex",
    "FUTEX_???",
    {
        "FUTEX_WAIT": 0,
        "FUTEX_WAKE": 1,
        "FUTEX_FD": 2,
        "FUTEX_REQUEUE": 3,
        "FUTEX_CMP_REQUEUE": 4,
        "FUTEX_WAKE_OP": 5,
        "FUTEX_LOCK_PI": 6,
        "FUTEX_UNLOCK_PI": 7,
        "FUTEX_TRYLOCK_PI": 8,
        "FUTEX_WAIT_BITSET": 9,
        "FUTEX_WAKE_BITSET": 10,
        "FUTEX_WAIT_REQUEUE_PI": 11,
        "FUTEX_CMP_REQUEUE_PI": 12,
        "FUTEX_LOCK_PI2": 13,
    },
)
FUTEX_FLAGS = flags(
    "futex_flags",
    "FUTEX_???",
    {
        "FUTEX_PRIVATE_FLAG": 0x80,
        "FUTEX_CLOCK_REALTIME": 0x100,
    },
)
FUTEX2 = flags(
    "futex2",
    "FUTEX_???",
    {
        "FUTEX_32": 2,
        "FUTEX_PRIVATE_FLAG": 0x80,
    },
)
FUTEX_WAKE_OP = enumeration(
    "futex_wake_op",
    "FUTEX_OP_???",
    {
        "FUTEX_OP_SET": 0,
        "FUTEX_OP_ADD": 1,
        "FUTEX_OP_OR": 2,
        "FUTEX_OP_ANDN": 3,
        "FUTEX_OP_XOR": 4,
    },
)
FUTEX_WAKE_COMPARE = enumeration(
    "futex_wake_compare",
    "FUTEX_OP_CMP_???",
    {
        "FUTEX_OP_CMP_EQ": 0,
        "FUTEX_OP_CMP_NE": 1,
        "FUTEX_OP_CMP_LT": 2,
        "FUTEX_OP_CMP_LE": 3,
        "FUTEX_OP_CMP_GT": 4,
        "FUTEX_OP_CMP_GE": 5,
    },
)
CLONE = flags(
    "clone",
    "CLONE_???",
    {
        "CLONE_VM": 0x100,
        "CLONE_FS": 0x200,
        "CLONE_FILES": 0x400,
        "CLONE_SIGHAND": 0x800,
        "CLONE_PIDFD": 0x1000,
        "CLONE_PTRACE": 0x2000,
        "CLONE_VFORK": 0x4000,
        "CLONE_PARENT": 0x8000,
        "CLONE_THREAD": 0x10000,
        "CLONE_NEWNS": 0x20000,
        "CLONE_SYSVSEM": 0x40000,
        "CLONE_SETTLS": 0x80000,
        "CLONE_PARENT_SETTID": 0x100000,
        "CLONE_CHILD_CLEARTID": 0x200000,
        "CLONE_DETACHED": 0x400000,
        "CLONE_UNTRACED": 0x800000,
        "CLONE_CHILD_SETTID": 0x1000000,
        "CLONE_NEWCGROUP": 0x2000000,
        "CLONE_NEWUTS": 0x4000000,
        "CLONE_NEWIPC": 0x8000000,
        "CLONE_NEWUSER": 0x10000000,
        "CLONE_NEWPID": 0x20000000,
        "CLONE_NEWNET": 0x40000000,
        "CLONE_IO": 0x80000000,
        "CLONE_CLEAR_SIGHAND": 0x100000000,
        "CLONE_INTO_CGROUP": 0x200000000,
        "CLONE_NEWTIME": 0x80,
    },
    width=64,
)
UNSHARE = flags(
    "unshare",
    "CLONE_???",
    {
        "CLONE_NEWTIME": 0x80,
        "CLONE_VM": 0x100,
        "CLONE_FS": 0x200,
        "CLONE_FILES": 0x400,
        "CLONE_SIGHAND": 0x800,
        "CLONE_THREAD": 0x10000,
        "CLONE_NEWNS": 0x20000,
        "CLONE_SYSVSEM": 0x40000,
        "CLONE_NEWCGROUP": 0x2000000,
        "CLONE_NEWUTS": 0x4000000,
        "CLONE_NEWIPC": 0x8000000,
        "CLONE_NEWUSER": 0x10000000,
        "CLONE_NEWPID": 0x20000000,
        "CLONE_NEWNET": 0x40000000,
    },
    width=64,
)
SETNS = flags(
    "setns",
    "CLONE_NEW???",
    {
        "CLONE_NEWTIME": 0x80,
        "CLONE_NEWNS": 0x20000,
        "CLONE_NEWCGROUP": 0x2000000,
        "CLONE_NEWUTS": 0x4000000,
        "CLONE_NEWIPC": 0x8000000,
        "CLONE_NEWUSER": 0x10000000,
        "CLONE_NEWPID": 0x20000000,
        "CLONE_NEWNET": 0x40000000,
    },
)
WAIT = flags(
    "wait",
    "W???",
    {
        "WNOHANG": 1,
        "WEXITED": 4,
        "WSTOPPED": 2,
        "WUNTRACED": 2,
        "WCONTINUED": 8,
        "WNOWAIT": 0x1000000,
        "__WCLONE": 0x80000000,
        "__WALL": 0x40000000,
        "__WNOTHREAD": 0x20000000,
    },
)
WAITID = enumeration(
    "waitid",
    "P_???",
    {
        "P_ALL": 0,
        "P_PID": 1,
        "P_PGID": 2,
        "P_PIDFD": 3,
    },
)
PERSONALITY = flags(
    "personality",
    "???",
    {
        "UNAME26": 0x20000,
        "ADDR_NO_RANDOMIZE": 0x40000,
        "FDPIC_FUNCPTRS": 0x80000,
        "MMAP_PAGE_ZERO": 0x100000,
        "ADDR_COMPAT_LAYOUT": 0x200000,
        "READ_IMPLIES_EXEC": 0x400000,
        "ADDR_LIMIT_32BIT": 0x800000,
        "SHORT_INODE": 0x1000000,
        "WHOLE_SECONDS": 0x2000000,
        "STICKY_TIMEOUTS": 0x4000000,
        "ADDR_LIMIT_3GB": 0x8000000,
    },
    base=PERSONALITY_KIND,
    base_mask=0xFF,
)
SCHEDULER_FLAGS = flags(
    "scheduler_flags",
    "SCHED_FLAG_???",
    {
        "SCHED_FLAG_RESET_ON_FORK": 1,
        "SCHED_FLAG_RECLAIM": 2,
        "SCHED_FLAG_DL_OVERRUN": 4,
        "SCHED_FLAG_KEEP_POLICY": 8,
        "SCHED_FLAG_KEEP_PARAMS": 0x10,
        "SCHED_FLAG_UTIL_CLAMP_MIN": 0x20,
        "SCHED_FLAG_UTIL_CLAMP_MAX": 0x40,
    },
    width=64,
)
SCHEDULER = flags(
    "scheduler",
    "SCHED_???",
    {
        "SCHED_RESET_ON_FORK": 0x40000000,
    },
    base=SCHEDULER_POLICY,
    base_mask=0xBFFFFFFF,
)
PRIORITY = enumeration(
    "priority",
    "PRIO_???",
    {
        "PRIO_PROCESS": 0,
        "PRIO_PGRP": 1,
        "PRIO_USER": 2,
    },
)
IOPRIO = enumeration(
    "ioprio",
    "IOPRIO_WHO_???",
    {
        "IOPRIO_WHO_PROCESS": 1,
        "IOPRIO_WHO_PGRP": 2,
        "IOPRIO_WHO_USER": 3,
    },
)
RSEQ = flags(
    "rseq",
    "RSEQ_FLAG_???",
    {
        "RSEQ_FLAG_UNREGISTER": 1,
    },
)
RSEQ_CS = flags(
    "rseq_cs",
    "RSEQ_CS_FLAG_???",
    {
        "RSEQ_CS_FLAG_NO_RESTART_ON_PREEMPT": 1,
        "RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL": 2,
        "RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE": 4,
    },
)
GETRANDOM = flags(
    "getrandom",
    "GRND_???",
    {
        "GRND_NONBLOCK": 1,
        "GRND_RANDOM": 2,
        "GRND_INSECURE": 4,
    },
)
REBOOT = enumeration(
    "reboot",
    "LINUX_REBOOT_CMD_???",
    {
        "LINUX_REBOOT_CMD_RESTART": 0x1234567,
        "LINUX_REBOOT_CMD_HALT": 0xCDEF0123,
        "LINUX_REBOOT_CMD_CAD_ON": 0x89ABCDEF,
        "LINUX_REBOOT_CMD_CAD_OFF": 0,
        "LINUX_REBOOT_CMD_POWER_OFF": 0x4321FEDC,
        "LINUX_REBOOT_CMD_RESTART2": 0xA1B2C3D4,
        "LINUX_REBOOT_CMD_SW_SUSPEND": 0xD000FCE2,
        "LINUX_REBOOT_CMD_KEXEC": 0x45584543,
    },
)
KCMP = enumeration(
    "kcmp",
    "KCMP_???",
    {
        "KCMP_FILE": 0,
        "KCMP_VM": 1,
        "KCMP_FILES": 2,
        "KCMP_FS": 3,
        "KCMP_SIGHAND": 4,
        "KCMP_IO": 5,
        "KCMP_SYSVSEM": 6,
        "KCMP_EPOLL_TFD": 7,
    },
)
PIDFD_OPEN = flags(
    "pidfd_open",
    "PIDFD_???",
    {
        "PIDFD_NONBLOCK": 0x800,
    },
)
SETS: tuple[ConstantSet, ...] = (
    PERSONALITY_KIND,
    SCHEDULER_POLICY,
    RLIMIT,
    RUSAGE,
    FUTEX,
    FUTEX_FLAGS,
    FUTEX2,
    FUTEX_WAKE_OP,
    FUTEX_WAKE_COMPARE,
    CLONE,
    UNSHARE,
    SETNS,
    WAIT,
    WAITID,
    PERSONALITY,
    SCHEDULER_FLAGS,
    SCHEDULER,
    PRIORITY,
    IOPRIO,
    RSEQ,
    RSEQ_CS,
    GETRANDOM,
    REBOOT,
    KCMP,
    PIDFD_OPEN,
)
