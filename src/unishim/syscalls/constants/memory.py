"""Constants of mmap(2) and related calls.

Source: uapi asm-generic/mman-common.h, asm-generic/mman.h, linux/mman.h, linux/memfd.h, linux/mempolicy.h,
linux/membarrier.h, linux/ipc.h, linux/shm.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

MAP_TYPE = enumeration(
    "map_type",
    "MAP_???",
    {
        "MAP_FILE": 0,
        "MAP_SHARED": 1,
        "MAP_PRIVATE": 2,
        "MAP_SHARED_VALIDATE": 3,
    },
)
PROT = flags(
    "prot",
    "PROT_???",
    {
        "PROT_NONE": 0,
        "PROT_READ": 1,
        "PROT_WRITE": 2,
        "PROT_EXEC": 4,
        "PROT_SEM": 8,
        "PROT_GROWSDOWN": 0x1000000,
        "PROT_GROWSUP": 0x2000000,
    },
    width=64,
)
MMAP = flags(
    "mmap",
    "MAP_???",
    {
        "MAP_FIXED": 0x10,
        "MAP_ANONYMOUS": 0x20,
        "MAP_32BIT": 0x40,
        "MAP_NORESERVE": 0x4000,
        "MAP_POPULATE": 0x8000,
        "MAP_NONBLOCK": 0x10000,
        "MAP_GROWSDOWN": 0x100,
        "MAP_DENYWRITE": 0x800,
        "MAP_EXECUTABLE": 0x1000,
        "MAP_LOCKED": 0x2000,
        "MAP_STACK": 0x20000,
        "MAP_HUGETLB": 0x40000,
        "MAP_SYNC": 0x80000,
        "MAP_FIXED_NOREPLACE": 0x100000,
    },
    shifted=("MAP_HUGE_SHIFT", 26, 0x3F),
    base=MAP_TYPE,
    base_mask=0xF,
)
MADVISE = enumeration(
    "madvise",
    "MADV_???",
    {
        "MADV_NORMAL": 0,
        "MADV_RANDOM": 1,
        "MADV_SEQUENTIAL": 2,
        "MADV_WILLNEED": 3,
        "MADV_DONTNEED": 4,
        "MADV_FREE": 8,
        "MADV_REMOVE": 9,
        "MADV_DONTFORK": 10,
        "MADV_DOFORK": 11,
        "MADV_MERGEABLE": 12,
        "MADV_UNMERGEABLE": 13,
        "MADV_HUGEPAGE": 14,
        "MADV_NOHUGEPAGE": 15,
        "MADV_DONTDUMP": 16,
        "MADV_DODUMP": 17,
        "MADV_WIPEONFORK": 18,
        "MADV_KEEPONFORK": 19,
        "MADV_COLD": 20,
        "MADV_PAGEOUT": 21,
        "MADV_POPULATE_READ": 22,
        "MADV_POPULATE_WRITE": 23,
        "MADV_DONTNEED_LOCKED": 24,
        "MADV_COLLAPSE": 25,
        "MADV_HWPOISON": 100,
        "MADV_SOFT_OFFLINE": 101,
    },
)
MREMAP = flags(
    "mremap",
    "MREMAP_???",
    {
        "MREMAP_MAYMOVE": 1,
        "MREMAP_FIXED": 2,
        "MREMAP_DONTUNMAP": 4,
    },
    width=64,
)
MSYNC = flags(
    "msync",
    "MS_???",
    {
        "MS_SYNC": 4,
        "MS_ASYNC": 1,
        "MS_INVALIDATE": 2,
    },
)
MLOCKALL = flags(
    "mlockall",
    "MCL_???",
    {
        "MCL_CURRENT": 1,
        "MCL_FUTURE": 2,
        "MCL_ONFAULT": 4,
    },
)
MLOCK2 = flags(
    "mlock2",
    "MLOCK_???",
    {
        "MLOCK_ONFAULT": 1,
    },
)
MEMFD = flags(
    "memfd",
    "MFD_???",
    {
        "MFD_CLOEXEC": 1,
        "MFD_ALLOW_SEALING": 2,
        "MFD_HUGETLB": 4,
        "MFD_NOEXEC_SEAL": 8,
        "MFD_EXEC": 0x10,
    },
    shifted=("MFD_HUGE_SHIFT", 26, 0x3F),
)
SHMGET = flags(
    "shmget",
    "SHM_???",
    {
        "IPC_CREAT": 0x200,
        "IPC_EXCL": 0x400,
        "SHM_HUGETLB": 0x800,
        "SHM_NORESERVE": 0x1000,
    },
)
SHMAT = flags(
    "shmat",
    "SHM_???",
    {
        "SHM_RDONLY": 0x1000,
        "SHM_RND": 0x2000,
        "SHM_REMAP": 0x4000,
        "SHM_EXEC": 0x8000,
    },
)
IPC_GET = flags(
    "ipc_get",
    "IPC_???",
    {
        "IPC_CREAT": 0o1000,
        "IPC_EXCL": 0o2000,
        "IPC_NOWAIT": 0o4000,
    },
)
IPC_CONTROL = enumeration(
    "ipc_control",
    "IPC_???",
    {
        "IPC_RMID": 0,
        "IPC_SET": 1,
        "IPC_STAT": 2,
        "IPC_INFO": 3,
    },
)
IPC_KEY = enumeration(
    "ipc_key",
    "IPC_???",
    {
        "IPC_PRIVATE": 0,
    },
)
MEMPOLICY = enumeration(
    "mempolicy",
    "MPOL_???",
    {
        "MPOL_DEFAULT": 0,
        "MPOL_PREFERRED": 1,
        "MPOL_BIND": 2,
        "MPOL_INTERLEAVE": 3,
        "MPOL_LOCAL": 4,
        "MPOL_PREFERRED_MANY": 5,
    },
)
MBIND = flags(
    "mbind",
    "MPOL_???",
    {
        "MPOL_MF_STRICT": 1,
        "MPOL_MF_MOVE": 2,
        "MPOL_MF_MOVE_ALL": 4,
    },
)
MOVE_PAGES = flags(
    "move_pages",
    "MPOL_???",
    {
        "MPOL_MF_MOVE": 2,
        "MPOL_MF_MOVE_ALL": 4,
    },
)
GET_MEMPOLICY = flags(
    "get_mempolicy",
    "MPOL_???",
    {
        "MPOL_F_NODE": 1,
        "MPOL_F_ADDR": 2,
        "MPOL_F_MEMS_ALLOWED": 4,
    },
    width=64,
)
PKEY_ACCESS = flags(
    "pkey_access",
    "PKEY_???",
    {
        "PKEY_DISABLE_ACCESS": 1,
        "PKEY_DISABLE_WRITE": 2,
        "PKEY_DISABLE_EXECUTE": 4,
    },
    width=64,
)
MEMBARRIER = enumeration(
    "membarrier",
    "MEMBARRIER_CMD_???",
    {
        "MEMBARRIER_CMD_QUERY": 0,
        "MEMBARRIER_CMD_GLOBAL": 1,
        "MEMBARRIER_CMD_GLOBAL_EXPEDITED": 2,
        "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED": 4,
        "MEMBARRIER_CMD_PRIVATE_EXPEDITED": 8,
        "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED": 16,
        "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE": 32,
        "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE": 64,
        "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ": 128,
        "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ": 256,
    },
)
MEMBARRIER_FLAGS = flags(
    "membarrier_flags",
    "MEMBARRIER_CMD_FLAG_???",
    {
        "MEMBARRIER_CMD_FLAG_CPU": 1,
    },
)
SETS: tuple[ConstantSet, ...] = (
    MAP_TYPE,
    PROT,
    MMAP,
    MADVISE,
    MREMAP,
    MSYNC,
    MLOCKALL,
    MLOCK2,
    MEMFD,
    SHMGET,
    SHMAT,
    IPC_GET,
    IPC_CONTROL,
    IPC_KEY,
    MEMPOLICY,
    MBIND,
    MOVE_PAGES,
    GET_MEMPOLICY,
    PKEY_ACCESS,
    MEMBARRIER,
    MEMBARRIER_FLAGS,
)
