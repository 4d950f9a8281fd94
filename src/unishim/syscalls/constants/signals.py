"""Constants of signals.

Source: uapi asm/signal.h, asm-generic/signal-defs.h, asm-generic/siginfo.h, linux/signal.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

SIGNAL = enumeration(
    "signal",
    "SIG???",
    {
        "SIGHUP": 1,
        "SIGINT": 2,
        "SIGQUIT": 3,
        "SIGILL": 4,
        "SIGTRAP": 5,
        "SIGABRT": 6,
        "SIGBUS": 7,
        "SIGFPE": 8,
        "SIGKILL": 9,
        "SIGUSR1": 10,
        "SIGSEGV": 11,
        "SIGUSR2": 12,
        "SIGPIPE": 13,
        "SIGALRM": 14,
        "SIGTERM": 15,
        "SIGSTKFLT": 16,
        "SIGCHLD": 17,
        "SIGCONT": 18,
        "SIGSTOP": 19,
        "SIGTSTP": 20,
        "SIGTTIN": 21,
        "SIGTTOU": 22,
        "SIGURG": 23,
        "SIGXCPU": 24,
        "SIGXFSZ": 25,
        "SIGVTALRM": 26,
        "SIGPROF": 27,
        "SIGWINCH": 28,
        "SIGIO": 29,
        "SIGPWR": 30,
        "SIGSYS": 31,
    },
)
SIGACTION = flags(
    "sigaction",
    "SA_???",
    {
        "SA_RESTORER": 0x4000000,
        "SA_ONSTACK": 0x8000000,
        "SA_RESTART": 0x10000000,
        "SA_INTERRUPT": 0x20000000,
        "SA_NODEFER": 0x40000000,
        "SA_RESETHAND": 0x80000000,
        "SA_SIGINFO": 4,
        "SA_NOCLDSTOP": 1,
        "SA_NOCLDWAIT": 2,
    },
    width=64,
)
SIGPROCMASK = enumeration(
    "sigprocmask",
    "SIG_???",
    {
        "SIG_BLOCK": 0,
        "SIG_UNBLOCK": 1,
        "SIG_SETMASK": 2,
    },
)
SIGALTSTACK = flags(
    "sigaltstack",
    "SS_???",
    {
        "SS_ONSTACK": 1,
        "SS_DISABLE": 2,
        "SS_AUTODISARM": 0x80000000,
    },
)
SIGEVENT = enumeration(
    "sigevent",
    "SIGEV_???",
    {
        "SIGEV_SIGNAL": 0,
        "SIGEV_NONE": 1,
        "SIGEV_THREAD": 2,
        "SIGEV_THREAD_ID": 4,
    },
)
SI_CODE = enumeration(
    "si_code",
    "SI_???",
    {
        "SI_USER": 0,
        "SI_KERNEL": 128,
        "SI_QUEUE": -1,
        "SI_TIMER": -2,
        "SI_MESGQ": -3,
        "SI_ASYNCIO": -4,
        "SI_SIGIO": -5,
        "SI_TKILL": -6,
        "SI_DETHREAD": -7,
        "SI_ASYNCNL": -60,
    },
)
SI_CODE_ILL = enumeration(
    "si_code_ill",
    "ILL_???",
    {
        "ILL_ILLOPC": 1,
        "ILL_ILLOPN": 2,
        "ILL_ILLADR": 3,
        "ILL_ILLTRP": 4,
        "ILL_PRVOPC": 5,
        "ILL_PRVREG": 6,
        "ILL_COPROC": 7,
        "ILL_BADSTK": 8,
        "ILL_BADIADDR": 9,
    },
)
SI_CODE_FPE = enumeration(
    "si_code_fpe",
    "FPE_???",
    {
        "FPE_INTDIV": 1,
        "FPE_INTOVF": 2,
        "FPE_FLTDIV": 3,
        "FPE_FLTOVF": 4,
        "FPE_FLTUND": 5,
        "FPE_FLTRES": 6,
        "FPE_FLTINV": 7,
        "FPE_FLTSUB": 8,
        "FPE_FLTUNK": 14,
        "FPE_CONDTRAP": 15,
    },
)
SI_CODE_SEGV = enumeration(
    "si_code_segv",
    "SEGV_???",
    {
        "SEGV_MAPERR": 1,
        "SEGV_ACCERR": 2,
        "SEGV_BNDERR": 3,
        "SEGV_PKUERR": 4,
        "SEGV_ACCADI": 5,
        "SEGV_ADIDERR": 6,
        "SEGV_ADIPERR": 7,
        "SEGV_MTEAERR": 8,
        "SEGV_MTESERR": 9,
    },
)
SI_CODE_BUS = enumeration(
    "si_code_bus",
    "BUS_???",
    {
        "BUS_ADRALN": 1,
        "BUS_ADRERR": 2,
        "BUS_OBJERR": 3,
        "BUS_MCEERR_AR": 4,
        "BUS_MCEERR_AO": 5,
    },
)
SI_CODE_TRAP = enumeration(
    "si_code_trap",
    "TRAP_???",
    {
        "TRAP_BRKPT": 1,
        "TRAP_TRACE": 2,
        "TRAP_BRANCH": 3,
        "TRAP_HWBKPT": 4,
        "TRAP_UNK": 5,
        "TRAP_PERF": 6,
    },
)
SI_CODE_CHLD = enumeration(
    "si_code_chld",
    "CLD_???",
    {
        "CLD_EXITED": 1,
        "CLD_KILLED": 2,
        "CLD_DUMPED": 3,
        "CLD_TRAPPED": 4,
        "CLD_STOPPED": 5,
        "CLD_CONTINUED": 6,
    },
)
SI_CODE_POLL = enumeration(
    "si_code_poll",
    "POLL_???",
    {
        "POLL_IN": 1,
        "POLL_OUT": 2,
        "POLL_MSG": 3,
        "POLL_ERR": 4,
        "POLL_PRI": 5,
        "POLL_HUP": 6,
    },
)
SI_CODE_SYS = enumeration(
    "si_code_sys",
    "SYS_???",
    {
        "SYS_SECCOMP": 1,
        "SYS_USER_DISPATCH": 2,
    },
)
SETS: tuple[ConstantSet, ...] = (
    SIGNAL,
    SIGACTION,
    SIGPROCMASK,
    SIGALTSTACK,
    SIGEVENT,
    SI_CODE,
    SI_CODE_ILL,
    SI_CODE_FPE,
    SI_CODE_SEGV,
    SI_CODE_BUS,
    SI_CODE_TRAP,
    SI_CODE_CHLD,
    SI_CODE_POLL,
    SI_CODE_SYS,
)
