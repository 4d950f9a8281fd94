"""Constants of mount(2), statfs(2) and the calls of file systems.

Source: uapi linux/mount.h, linux/magic.h; MNT_ and ST_ as the kernel's include/linux/fs.h and statfs.h.
"""

from __future__ import annotations

from unishim.syscalls.constants.constant_set import ConstantSet, enumeration, flags

MOUNT = flags(
    "mount",
    "MS_???",
    {
        "MS_RDONLY": 1,
        "MS_NOSUID": 2,
        "MS_NODEV": 4,
        "MS_NOEXEC": 8,
        "MS_SYNCHRONOUS": 0x10,
        "MS_REMOUNT": 0x20,
        "MS_MANDLOCK": 0x40,
        "MS_DIRSYNC": 0x80,
        "MS_NOSYMFOLLOW": 0x100,
        "MS_NOATIME": 0x400,
        "MS_NODIRATIME": 0x800,
        "MS_BIND": 0x1000,
        "MS_MOVE": 0x2000,
        "MS_REC": 0x4000,
        "MS_SILENT": 0x8000,
        "MS_POSIXACL": 0x10000,
        "MS_UNBINDABLE": 0x20000,
        "MS_PRIVATE": 0x40000,
        "MS_SLAVE": 0x80000,
        "MS_SHARED": 0x100000,
        "MS_RELATIME": 0x200000,
        "MS_KERNMOUNT": 0x400000,
        "MS_I_VERSION": 0x800000,
        "MS_STRICTATIME": 0x1000000,
        "MS_LAZYTIME": 0x2000000,
        "MS_SUBMOUNT": 0x4000000,
        "MS_NOREMOTELOCK": 0x8000000,
        "MS_NOSEC": 0x10000000,
        "MS_BORN": 0x20000000,
        "MS_ACTIVE": 0x40000000,
        "MS_NOUSER": -2147483648,
    },
    width=64,
)
UMOUNT = flags(
    "umount",
    "MNT_???",
    {
        "MNT_FORCE": 1,
        "MNT_DETACH": 2,
        "MNT_EXPIRE": 4,
        "UMOUNT_NOFOLLOW": 8,
    },
)
OPEN_TREE = flags(
    "open_tree",
    "OPEN_TREE_???",
    {
        "OPEN_TREE_CLONE": 1,
        "OPEN_TREE_CLOEXEC": 0x80000,
        "AT_SYMLINK_NOFOLLOW": 0x100,
        "AT_REMOVEDIR": 0x200,
        "AT_SYMLINK_FOLLOW": 0x400,
        "AT_NO_AUTOMOUNT": 0x800,
        "AT_EMPTY_PATH": 0x1000,
        "AT_RECURSIVE": 0x8000,
    },
)
MOVE_MOUNT = flags(
    "move_mount",
    "MOVE_MOUNT_???",
    {
        "MOVE_MOUNT_F_SYMLINKS": 1,
        "MOVE_MOUNT_F_AUTOMOUNTS": 2,
        "MOVE_MOUNT_F_EMPTY_PATH": 4,
        "MOVE_MOUNT_T_SYMLINKS": 0x10,
        "MOVE_MOUNT_T_AUTOMOUNTS": 0x20,
        "MOVE_MOUNT_T_EMPTY_PATH": 0x40,
        "MOVE_MOUNT_SET_GROUP": 0x100,
    },
)
FSOPEN = flags(
    "fsopen",
    "FSOPEN_???",
    {
        "FSOPEN_CLOEXEC": 1,
    },
)
FSCONFIG = enumeration(
    "fsconfig",
    "FSCONFIG_???",
    {
        "FSCONFIG_SET_FLAG": 0,
        "FSCONFIG_SET_STRING": 1,
        "FSCONFIG_SET_BINARY": 2,
        "FSCONFIG_SET_PATH": 3,
        "FSCONFIG_SET_PATH_EMPTY": 4,
        "FSCONFIG_SET_FD": 5,
        "FSCONFIG_CMD_CREATE": 6,
        "FSCONFIG_CMD_RECONFIGURE": 7,
    },
)
FSMOUNT = flags(
    "fsmount",
    "FSMOUNT_???",
    {
        "FSMOUNT_CLOEXEC": 1,
    },
)
MOUNT_ATTRIBUTE = flags(
    "mount_attribute",
    "MOUNT_ATTR_???",
    {
        "MOUNT_ATTR_RDONLY": 1,
        "MOUNT_ATTR_NOSUID": 2,
        "MOUNT_ATTR_NODEV": 4,
        "MOUNT_ATTR_NOEXEC": 8,
        "MOUNT_ATTR_NOATIME": 0x10,
        "MOUNT_ATTR_STRICTATIME": 0x20,
        "MOUNT_ATTR__ATIME": 0x70,
        "MOUNT_ATTR_NODIRATIME": 0x80,
        "MOUNT_ATTR_IDMAP": 0x100000,
        "MOUNT_ATTR_NOSYMFOLLOW": 0x200000,
    },
    width=64,
)
FSPICK = flags(
    "fspick",
    "FSPICK_???",
    {
        "FSPICK_CLOEXEC": 1,
        "FSPICK_SYMLINK_NOFOLLOW": 2,
        "FSPICK_NO_AUTOMOUNT": 4,
        "FSPICK_EMPTY_PATH": 8,
    },
)
STATFS_TYPE = enumeration(
    "statfs_type",
    "???_SUPER_MAGIC",
    {
        "TMPFS_MAGIC": 0x1021994,
        "PROC_SUPER_MAGIC": 0x9FA0,
        "SYSFS_MAGIC": 0x62656572,
        "EXT2_SUPER_MAGIC": 0xEF53,
        "BTRFS_SUPER_MAGIC": 0x9123683E,
        "XFS_SUPER_MAGIC": 0x58465342,
        "RAMFS_MAGIC": 0x858458F6,
        "OVERLAYFS_SUPER_MAGIC": 0x794C7630,
        "DEVPTS_SUPER_MAGIC": 0x1CD1,
        "SOCKFS_MAGIC": 0x534F434B,
        "PIPEFS_MAGIC": 0x50495045,
        "ANON_INODE_FS_MAGIC": 0x9041934,
        "CGROUP_SUPER_MAGIC": 0x27E0EB,
        "CGROUP2_SUPER_MAGIC": 0x63677270,
        "DEBUGFS_MAGIC": 0x64626720,
        "TRACEFS_MAGIC": 0x74726163,
        "SECURITYFS_MAGIC": 0x73636673,
        "HUGETLBFS_MAGIC": 0x958458F6,
        "ISOFS_SUPER_MAGIC": 0x9660,
        "MSDOS_SUPER_MAGIC": 0x4D44,
        "NFS_SUPER_MAGIC": 0x6969,
        "SQUASHFS_MAGIC": 0x73717368,
        "V9FS_MAGIC": 0x1021997,
        "BPF_FS_MAGIC": 0xCAFE4A11,
        "FUSE_SUPER_MAGIC": 0x65735546,
        "F2FS_SUPER_MAGIC": 0xF2F52010,
    },
    width=64,
)
STATFS_FLAGS = flags(
    "statfs_flags",
    "ST_???",
    {
        "ST_VALID": 0x20,
        "ST_RDONLY": 1,
        "ST_NOSUID": 2,
        "ST_NODEV": 4,
        "ST_NOEXEC": 8,
        "ST_SYNCHRONOUS": 0x10,
        "ST_MANDLOCK": 0x40,
        "ST_NOATIME": 0x400,
        "ST_NODIRATIME": 0x800,
        "ST_RELATIME": 0x1000,
        "ST_NOSYMFOLLOW": 0x2000,
    },
    width=64,
)
SETS: tuple[ConstantSet, ...] = (
    MOUNT,
    UMOUNT,
    OPEN_TREE,
    MOVE_MOUNT,
    FSOPEN,
    FSCONFIG,
    FSMOUNT,
    MOUNT_ATTRIBUTE,
    FSPICK,
    STATFS_TYPE,
    STATFS_FLAGS,
)
