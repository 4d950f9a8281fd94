/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes of files (uapi/asm/stat.h, linux/stat.h) and entries of directories
 * (linux/dirent.h). */
#ifndef UK_LINUX_STAT_H
#define UK_LINUX_STAT_H

#include <uk/types.h>

#define S_IFMT	  0170000
#define S_IFSOCK  0140000
#define S_IFLNK	  0120000
#define S_IFREG	  0100000
#define S_IFBLK	  0060000
#define S_IFDIR	  0040000
#define S_IFCHR	  0020000
#define S_IFIFO	  0010000
#define S_ISUID	  0004000
#define S_ISGID	  0002000
#define S_ISVTX	  0001000
#define S_IXGRP	  0000010
#define S_IXUGO	  0000111
#define S_IALLUGO 0007777

struct stat {
	u64 st_dev;
	u64 st_ino;
	u64 st_nlink;
	u32 st_mode;
	u32 st_uid;
	u32 st_gid;
	u32 padding0;
	u64 st_rdev;
	s64 st_size;
	s64 st_blksize;
	s64 st_blocks;
	u64 st_atime_sec, st_atime_nsec;
	u64 st_mtime_sec, st_mtime_nsec;
	u64 st_ctime_sec, st_ctime_nsec;
	s64 unused[3];
};
_Static_assert(sizeof(struct stat) == 144, "uapi/asm/stat.h");

struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 padding;
};

struct statx {
	u32 stx_mask;
	u32 stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink;
	u32 stx_uid;
	u32 stx_gid;
	u16 stx_mode;
	u16 padding0;
	u64 stx_ino;
	u64 stx_size;
	u64 stx_blocks;
	u64 stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor;
	u32 stx_dev_major, stx_dev_minor;
	u64 stx_mnt_id;
	u64 padding1[13];
};
_Static_assert(sizeof(struct statx) == 256, "uapi/linux/stat.h");

#define STATX_BASIC_STATS     0x7ffu
#define STATX_BTIME	      0x800u
#define STATX_MNT_ID	      0x1000u
#define STATX_RESERVED	      0x80000000u
#define STATX_ATTR_MOUNT_ROOT 0x2000u

#define UTIME_NOW  ((1L << 30) - 1L)
#define UTIME_OMIT ((1L << 30) - 2L)

#define DT_FIFO 1
#define DT_CHR	2
#define DT_DIR	4
#define DT_REG	8
#define DT_LNK	10

/* The name follows, terminated; records are multiples of 8 bytes. */
struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	u8 d_type;
	char d_name[];
} __attribute__((packed));

/* Of getdents(2): the type is the record's last byte. */
struct linux_dirent {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	char d_name[];
} __attribute__((packed));

#endif
