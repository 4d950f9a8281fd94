/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files (uapi/asm-generic/fcntl.h, linux/fcntl.h, openat2.h, fs.h, uio.h, asm-generic/poll.h,
 * ioctls.h). */
#ifndef UK_LINUX_FILE_H
#define UK_LINUX_FILE_H

#include <uk/linux/stat.h>

#define O_ACCMODE   00000003
#define O_RDONLY    00000000
#define O_WRONLY    00000001
#define O_RDWR	    00000002
#define O_CREAT	    00000100
#define O_EXCL	    00000200
#define O_NOCTTY    00000400
#define O_TRUNC	    00001000
#define O_APPEND    00002000
#define O_NONBLOCK  00004000
#define O_DSYNC	    00010000
#define O_ASYNC	    00020000
#define O_DIRECT    00040000
#define O_LARGEFILE 00100000
#define O_DIRECTORY 00200000
#define O_NOFOLLOW  00400000
#define O_NOATIME   01000000
#define O_CLOEXEC   02000000
#define O_SYNC	    04010000
#define O_PATH	    010000000
#define O_TMPFILE   020200000 /* with O_DIRECTORY */

struct open_how {
	u64 flags;
	u64 mode;
	u64 resolve;
};
#define RESOLVE_NO_XDEV	      0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS   0x04
#define RESOLVE_BENEATH	      0x08
#define RESOLVE_IN_ROOT	      0x10
#define RESOLVE_CACHED	      0x20

#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_GETLK		5
#define F_SETLK		6
#define F_SETLKW	7
#define F_SETOWN	8
#define F_GETOWN	9
#define F_OFD_GETLK	36
#define F_OFD_SETLK	37
#define F_OFD_SETLKW	38
#define F_DUPFD_CLOEXEC 1030
#define F_SETPIPE_SZ	1031
#define F_GETPIPE_SZ	1032
#define F_ADD_SEALS	1033
#define F_GET_SEALS	1034
#define FD_CLOEXEC	1

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
struct flock {
	s16 l_type;
	s16 l_whence;
	s64 l_start;
	s64 l_len;
	pid_t l_pid;
};
_Static_assert(sizeof(struct flock) == 32, "uapi/asm-generic/fcntl.h");

#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8

#define F_SEAL_SEAL	    1u
#define F_SEAL_SHRINK	    2u
#define F_SEAL_GROW	    4u
#define F_SEAL_WRITE	    8u
#define F_SEAL_FUTURE_WRITE 16u
#define F_SEAL_EXEC	    32u
#define MFD_CLOEXEC	    1u
#define MFD_ALLOW_SEALING   2u
#define MFD_HUGETLB	    4u
#define MFD_NOEXEC_SEAL	    8u
#define MFD_EXEC	    16u

#define AT_FDCWD	    (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_EACCESS	    0x200
#define AT_REMOVEDIR	    0x200
#define AT_SYMLINK_FOLLOW   0x400
#define AT_NO_AUTOMOUNT	    0x800
#define AT_EMPTY_PATH	    0x1000
#define AT_STATX_SYNC_TYPE  0x6000

/* Written as in the host's headers, which hosted tests include too. */
#define RENAME_NOREPLACE (1 << 0)
#define RENAME_EXCHANGE	 (1 << 1)

#define FALLOC_FL_KEEP_SIZE	 0x01u
#define FALLOC_FL_PUNCH_HOLE	 0x02u
#define FALLOC_FL_COLLAPSE_RANGE 0x08u
#define FALLOC_FL_ZERO_RANGE	 0x10u
#define FALLOC_FL_INSERT_RANGE	 0x20u

#define SEEK_SET  0
#define SEEK_CUR  1
#define SEEK_END  2
#define SEEK_DATA 3
#define SEEK_HOLE 4

#define RWF_HIPRI  0x01
#define RWF_DSYNC  0x02
#define RWF_SYNC   0x04
#define RWF_NOWAIT 0x08
#define RWF_APPEND 0x10

#ifndef PATH_MAX
#define PATH_MAX 4096
#define NAME_MAX 255
#define IOV_MAX	 1024
#endif

struct iovec {
	void __user *iov_base;
	size_t iov_len;
};

struct pollfd {
	int fd;
	s16 events;
	s16 revents;
};
#define POLLIN	   0x001
#define POLLPRI	   0x002
#define POLLOUT	   0x004
#define POLLERR	   0x008
#define POLLHUP	   0x010
#define POLLNVAL   0x020
#define POLLRDNORM 0x040
#define POLLRDBAND 0x080
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200
#define POLLRDHUP  0x2000

#define FIONREAD 0x541b
#define FIONBIO	 0x5421
#define FIONCLEX 0x5450
#define FIOCLEX	 0x5451

#endif
