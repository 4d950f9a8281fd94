/* SPDX-License-Identifier: BSD-3-Clause */
/* Mounts and file systems as wholes (uapi/linux/mount.h, asm-generic/statfs.h, linux/magic.h). */
#ifndef UK_LINUX_MOUNT_H
#define UK_LINUX_MOUNT_H

#include <uk/types.h>

#define MS_RDONLY      0x1u
#define MS_NOSUID      0x2u
#define MS_NODEV       0x4u
#define MS_NOEXEC      0x8u
#define MS_SYNCHRONOUS 0x10u
#define MS_REMOUNT     0x20u
#define MS_DIRSYNC     0x80u
#define MS_NOSYMFOLLOW 0x100u
#define MS_NOATIME     0x400u
#define MS_NODIRATIME  0x800u
#define MS_BIND	       0x1000u
#define MS_MOVE	       0x2000u
#define MS_REC	       0x4000u
#define MS_SILENT      0x8000u
#define MS_UNBINDABLE  0x20000u
#define MS_PRIVATE     0x40000u
#define MS_SLAVE       0x80000u
#define MS_SHARED      0x100000u
#define MS_RELATIME    0x200000u
#define MS_STRICTATIME 0x1000000u
#define MS_LAZYTIME    0x2000000u
#define MS_MGC_VAL     0xc0ed0000u
#define MS_MGC_MSK     0xffff0000u

#define MNT_FORCE	1u
#define MNT_DETACH	2u
#define MNT_EXPIRE	4u
#define UMOUNT_NOFOLLOW 8u

struct statfs {
	s64 f_type;
	s64 f_bsize;
	u64 f_blocks, f_bfree, f_bavail;
	u64 f_files, f_ffree;
	s32 f_fsid[2];
	s64 f_namelen;
	s64 f_frsize;
	s64 f_flags;
	s64 f_spare[4];
};
_Static_assert(sizeof(struct statfs) == 120, "uapi/asm-generic/statfs.h");

#define ST_RDONLY     0x1
#define ST_NOSUID     0x2
#define ST_NODEV      0x4
#define ST_NOEXEC     0x8
#define ST_VALID      0x20
#define ST_NOATIME    0x400
#define ST_NODIRATIME 0x800
#define ST_RELATIME   0x1000

#define RAMFS_MAGIC	    0x858458f6
#define TMPFS_MAGIC	    0x01021994
#define DEVPTS_SUPER_MAGIC  0x1cd1
#define PROC_SUPER_MAGIC    0x9fa0
#define SYSFS_MAGIC	    0x62656572
#define V9FS_MAGIC	    0x01021997
#define PIPEFS_MAGIC	    0x50495045
#define ANON_INODE_FS_MAGIC 0x09041934

#endif
