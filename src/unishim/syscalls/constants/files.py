"""Constants of open(2), stat(2), fcntl(2) and related calls.

Source: uapi linux/fcntl.h, asm-generic/fcntl.h, linux/stat.h, linux/fs.h, linux/mount.h, linux/openat2.h;
SPLICE_F_ as the kernel's include/linux/splice.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

ACCESS_MODE = enumeration(
    "access_mode",
    "O_???",
    {
        "O_RDONLY": 0,
        "O_WRONLY": 1,
        "O_RDWR": 2,
        "O_ACCMODE": 3,
    },
)
AT_STATX_SYNC = enumeration(
    "at_statx_sync",
    "AT_STATX_???",
    {
        "AT_STATX_SYNC_AS_STAT": 0,
        "AT_STATX_FORCE_SYNC": 0x2000,
        "AT_STATX_DONT_SYNC": 0x4000,
    },
)
_OPEN_BITS = {
    "O_CREAT": 0o100,
    "O_EXCL": 0o200,
    "O_NOCTTY": 0o400,
    "O_TRUNC": 0o1000,
    "O_APPEND": 0o2000,
    "O_NONBLOCK": 0o4000,
    "O_SYNC": 0o4010000,
    "__O_SYNC": 0o4000000,
    "O_DSYNC": 0o10000,
    "O_DIRECT": 0o40000,
    "O_LARGEFILE": 0o100000,
    "O_NOFOLLOW": 0o400000,
    "O_NOATIME": 0o1000000,
    "O_CLOEXEC": 0o2000000,
    "O_PATH": 0o10000000,
    "O_TMPFILE": 0o20200000,
    "O_DIRECTORY": 0o200000,
    "FASYNC": 0o20000,
    "O_ASYNC": 0o20000,
    "__O_TMPFILE": 0o20000000,
}
OPEN = flags(
    "open",
    "O_???",
    _OPEN_BITS,
    base=ACCESS_MODE,
    base_mask=0x3,
)
AT = flags(
    "at",
    "AT_???",
    {
        "AT_SYMLINK_NOFOLLOW": 0x100,
        "AT_REMOVEDIR": 0x200,
        "AT_SYMLINK_FOLLOW": 0x400,
        "AT_NO_AUTOMOUNT": 0x800,
        "AT_EMPTY_PATH": 0x1000,
        "AT_RECURSIVE": 0x8000,
    },
)
AT_HANDLE = flags(
    "at_handle",
    "AT_???",
    {
        "AT_SYMLINK_FOLLOW": 0x400,
        "AT_EMPTY_PATH": 0x1000,
    },
)
AT_MOUNT = flags(
    "at_mount",
    "AT_???",
    {
        "AT_SYMLINK_NOFOLLOW": 0x100,
        "AT_NO_AUTOMOUNT": 0x800,
        "AT_EMPTY_PATH": 0x1000,
        "AT_RECURSIVE": 0x8000,
    },
)
AT_ACCESS = flags(
    "at_access",
    "AT_???",
    {
        "AT_SYMLINK_NOFOLLOW": 0x100,
        "AT_EACCESS": 0x200,
        "AT_EMPTY_PATH": 0x1000,
    },
)
AT_UNLINK = flags(
    "at_unlink",
    "AT_???",
    {
        "AT_REMOVEDIR": 0x200,
    },
)
AT_STATX = flags(
    "at_statx",
    "AT_???",
    {
        "AT_SYMLINK_NOFOLLOW": 0x100,
        "AT_REMOVEDIR": 0x200,
        "AT_SYMLINK_FOLLOW": 0x400,
        "AT_NO_AUTOMOUNT": 0x800,
        "AT_EMPTY_PATH": 0x1000,
        "AT_RECURSIVE": 0x8000,
    },
    base=AT_STATX_SYNC,
    base_mask=0x6000,
)
DIRFD = enumeration(
    "dirfd",
    "AT_???",
    {
        "AT_FDCWD": -100,
    },
)
ACCESS = flags(
    "access",
    "?_OK",
    {
        "F_OK": 0,
        "R_OK": 4,
        "W_OK": 2,
        "X_OK": 1,
    },
)
SEEK = enumeration(
    "seek",
    "SEEK_???",
    {
        "SEEK_SET": 0,
        "SEEK_CUR": 1,
        "SEEK_END": 2,
        "SEEK_DATA": 3,
        "SEEK_HOLE": 4,
    },
)
FCNTL = enumeration(
    "fcntl",
    "F_???",
    {
        "F_DUPFD": 0,
        "F_GETFD": 1,
        "F_SETFD": 2,
        "F_GETFL": 3,
        "F_SETFL": 4,
        "F_GETLK": 5,
        "F_SETLK": 6,
        "F_SETLKW": 7,
        "F_SETOWN": 8,
        "F_GETOWN": 9,
        "F_SETSIG": 10,
        "F_GETSIG": 11,
        "F_SETOWN_EX": 15,
        "F_GETOWN_EX": 16,
        "F_GETOWNER_UIDS": 17,
        "F_OFD_GETLK": 36,
        "F_OFD_SETLK": 37,
        "F_OFD_SETLKW": 38,
        "F_SETLEASE": 1024,
        "F_GETLEASE": 1025,
        "F_NOTIFY": 1026,
        "F_DUPFD_CLOEXEC": 1030,
        "F_SETPIPE_SZ": 1031,
        "F_GETPIPE_SZ": 1032,
        "F_ADD_SEALS": 1033,
        "F_GET_SEALS": 1034,
        "F_GET_RW_HINT": 1035,
        "F_SET_RW_HINT": 1036,
        "F_GET_FILE_RW_HINT": 1037,
        "F_SET_FILE_RW_HINT": 1038,
    },
)
FD = flags(
    "fd",
    "FD_???",
    {
        "FD_CLOEXEC": 1,
    },
)
LOCK_TYPE = enumeration(
    "lock_type",
    "F_???",
    {
        "F_RDLCK": 0,
        "F_WRLCK": 1,
        "F_UNLCK": 2,
        "F_EXLCK": 4,
        "F_SHLCK": 8,
    },
    width=16,
)
OWNER_TYPE = enumeration(
    "owner_type",
    "F_OWNER_???",
    {
        "F_OWNER_TID": 0,
        "F_OWNER_PID": 1,
        "F_OWNER_PGRP": 2,
    },
)
SEAL = flags(
    "seal",
    "F_SEAL_???",
    {
        "F_SEAL_SEAL": 1,
        "F_SEAL_SHRINK": 2,
        "F_SEAL_GROW": 4,
        "F_SEAL_WRITE": 8,
        "F_SEAL_FUTURE_WRITE": 0x10,
    },
)
NOTIFY = flags(
    "notify",
    "DN_???",
    {
        "DN_ACCESS": 1,
        "DN_MODIFY": 2,
        "DN_CREATE": 4,
        "DN_DELETE": 8,
        "DN_RENAME": 0x10,
        "DN_ATTRIB": 0x20,
        "DN_MULTISHOT": 0x80000000,
    },
)
OPEN_FLAGS = flags(
    "open_flags",
    "O_???",
    _OPEN_BITS,
)
DELETE_MODULE = flags(
    "delete_module",
    "O_???",
    {
        "O_NONBLOCK": 0o4000,
        "O_TRUNC": 0o1000,
    },
)
FLOCK = flags(
    "flock",
    "LOCK_???",
    {
        "LOCK_SH": 1,
        "LOCK_EX": 2,
        "LOCK_NB": 4,
        "LOCK_UN": 8,
        "LOCK_MAND": 0x20,
        "LOCK_RW": 0xC0,
        "LOCK_READ": 0x40,
        "LOCK_WRITE": 0x80,
    },
)
RENAME = flags(
    "rename",
    "RENAME_??",
    {
        "RENAME_NOREPLACE": 1,
        "RENAME_EXCHANGE": 2,
        "RENAME_WHITEOUT": 4,
    },
)
SPLICE = flags(
    "splice",
    "SPLICE_F_???",
    {
        "SPLICE_F_MOVE": 1,
        "SPLICE_F_NONBLOCK": 2,
        "SPLICE_F_MORE": 4,
        "SPLICE_F_GIFT": 8,
    },
)
FALLOCATE = flags(
    "fallocate",
    "FALLOC_FL_???",
    {
        "FALLOC_FL_KEEP_SIZE": 1,
        "FALLOC_FL_PUNCH_HOLE": 2,
        "FALLOC_FL_NO_HIDE_STALE": 4,
        "FALLOC_FL_COLLAPSE_RANGE": 8,
        "FALLOC_FL_ZERO_RANGE": 0x10,
        "FALLOC_FL_INSERT_RANGE": 0x20,
        "FALLOC_FL_UNSHARE_RANGE": 0x40,
    },
)
FADVISE = enumeration(
    "fadvise",
    "POSIX_FADV_???",
    {
        "POSIX_FADV_NORMAL": 0,
        "POSIX_FADV_RANDOM": 1,
        "POSIX_FADV_SEQUENTIAL": 2,
        "POSIX_FADV_WILLNEED": 3,
        "POSIX_FADV_DONTNEED": 4,
        "POSIX_FADV_NOREUSE": 5,
    },
)
SYNC_RANGE = flags(
    "sync_range",
    "SYNC_FILE_RANGE_???",
    {
        "SYNC_FILE_RANGE_WAIT_BEFORE": 1,
        "SYNC_FILE_RANGE_WRITE": 2,
        "SYNC_FILE_RANGE_WAIT_AFTER": 4,
    },
)
RWF = flags(
    "rwf",
    "RWF_???",
    {
        "RWF_HIPRI": 1,
        "RWF_DSYNC": 2,
        "RWF_SYNC": 4,
        "RWF_NOWAIT": 8,
        "RWF_APPEND": 0x10,
    },
)
STATX_MASK = flags(
    "statx_mask",
    "STATX_???",
    {
        "STATX_ALL": 0xFFF,
        "STATX_BASIC_STATS": 0x7FF,
        "STATX_TYPE": 1,
        "STATX_MODE": 2,
        "STATX_NLINK": 4,
        "STATX_UID": 8,
        "STATX_GID": 0x10,
        "STATX_ATIME": 0x20,
        "STATX_MTIME": 0x40,
        "STATX_CTIME": 0x80,
        "STATX_INO": 0x100,
        "STATX_SIZE": 0x200,
        "STATX_BLOCKS": 0x400,
        "STATX_BTIME": 0x800,
        "STATX_MNT_ID": 0x1000,
        "STATX_DIOALIGN": 0x2000,
    },
)
STATX_ATTRIBUTE = flags(
    "statx_attribute",
    "STATX_ATTR_???",
    {
        "STATX_ATTR_COMPRESSED": 4,
        "STATX_ATTR_IMMUTABLE": 0x10,
        "STATX_ATTR_APPEND": 0x20,
        "STATX_ATTR_NODUMP": 0x40,
        "STATX_ATTR_ENCRYPTED": 0x800,
        "STATX_ATTR_AUTOMOUNT": 0x1000,
        "STATX_ATTR_MOUNT_ROOT": 0x2000,
        "STATX_ATTR_VERITY": 0x100000,
        "STATX_ATTR_DAX": 0x200000,
    },
    width=64,
)
CLOSE_RANGE = flags(
    "close_range",
    "CLOSE_RANGE_???",
    {
        "CLOSE_RANGE_UNSHARE": 2,
        "CLOSE_RANGE_CLOEXEC": 4,
    },
)
RESOLVE = flags(
    "resolve",
    "RESOLVE_???",
    {
        "RESOLVE_NO_XDEV": 1,
        "RESOLVE_NO_MAGICLINKS": 2,
        "RESOLVE_NO_SYMLINKS": 4,
        "RESOLVE_BENEATH": 8,
        "RESOLVE_IN_ROOT": 0x10,
        "RESOLVE_CACHED": 0x20,
    },
    width=64,
)
FILE_TYPE = enumeration(
    "file_type",
    "S_IF???",
    {
        "S_IFREG": 0o100000,
        "S_IFSOCK": 0o140000,
        "S_IFIFO": 0o10000,
        "S_IFLNK": 0o120000,
        "S_IFBLK": 0o60000,
        "S_IFDIR": 0o40000,
        "S_IFCHR": 0o20000,
    },
)
MODE_BITS = flags(
    "mode_bits",
    "S_I???",
    {
        "S_ISUID": 0o4000,
        "S_ISGID": 0o2000,
        "S_ISVTX": 0o1000,
    },
)
XATTR = flags(
    "xattr",
    "XATTR_???",
    {
        "XATTR_CREATE": 1,
        "XATTR_REPLACE": 2,
    },
)
SETS: tuple[ConstantSet, ...] = (
    ACCESS_MODE,
    AT_STATX_SYNC,
    OPEN,
    AT,
    AT_HANDLE,
    AT_MOUNT,
    AT_ACCESS,
    AT_UNLINK,
    AT_STATX,
    DIRFD,
    ACCESS,
    SEEK,
    FCNTL,
    FD,
    LOCK_TYPE,
    OWNER_TYPE,
    SEAL,
    NOTIFY,
    OPEN_FLAGS,
    DELETE_MODULE,
    FLOCK,
    RENAME,
    SPLICE,
    FALLOCATE,
    FADVISE,
    SYNC_RANGE,
    RWF,
    STATX_MASK,
    STATX_ATTRIBUTE,
    CLOSE_RANGE,
    RESOLVE,
    FILE_TYPE,
    MODE_BITS,
    XATTR,
)
