/* Calls on files, for the notation of traces: each succeeds once, most fail once. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#include <utime.h>

static char buffer[8192];

static void opened(void)
{
	struct stat status;
	struct statfs system;
	int fd = open("/tmp/unishim-trace", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	write(fd, "quotes \" \\ tab\t bell\a nul\0001 high\377\n", 38);
	write(fd, "exactly thirty-two bytes long...", 32);
	write(fd, "exactly thirty-three bytes long...", 33);
	lseek(fd, 5, SEEK_SET);
	read(fd, buffer, 10);
	read(fd, buffer, sizeof(buffer));
	read(fd, buffer, sizeof(buffer));
	pread(fd, buffer, 4, 2);
	pwrite(fd, "pwrite", 6, 3000000000);
	lseek(fd, -1, SEEK_SET);
	lseek(fd, 0, 77);
	ftruncate(fd, 100);
	fstat(fd, &status);
	fstat(1, &status);
	fstat(99, &status);
	stat("/tmp", &status);
	lstat("/proc/self/exe", &status);
	fstatat(AT_FDCWD, "/etc/passwd", &status, AT_SYMLINK_NOFOLLOW);
	fstatat(fd, "", &status, AT_EMPTY_PATH);
	syscall(SYS_statx, AT_FDCWD, "/etc/passwd", 0x4000, 0xfff, buffer);
	syscall(SYS_statx, AT_FDCWD, "/none", 0, 0xfff, buffer);
	statfs("/proc", &system);
	fstatfs(fd, &system);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_SETFD, 0);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND);
	fcntl(fd, F_DUPFD_CLOEXEC, 50);
	fcntl(fd, F_SETLK, &(struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10});
	fcntl(fd, F_GETLK, &(struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10});
	fcntl(fd, F_GETOWN);
	fcntl(fd, F_GETSIG);
	fcntl(fd, 9999, 5);
	fcntl(77, F_GETFL);
	flock(fd, LOCK_EX | LOCK_NB);
	fchmod(fd, 04755);
	fchmod(fd, 0);
	fsync(fd);
	fdatasync(fd);
	posix_fadvise(fd, 0, 100, POSIX_FADV_SEQUENTIAL);
	fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4096);
	futimens(fd, (struct timespec[]){{0, UTIME_NOW}, {0, UTIME_OMIT}});
	dup(fd);
	dup2(fd, 60);
	dup3(fd, 61, O_CLOEXEC);
	close(fd);
	close(fd);
	syscall(SYS_close_range, 50, 70, 0);
	open("/none/file", O_RDONLY);
	open("/tmp", O_RDONLY | O_DIRECTORY | O_PATH);
	openat(AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0600);
	openat(99, "relative", O_WRONLY | O_APPEND | O_SYNC);
	open((char *)8, O_RDONLY);
	open(NULL, O_RDONLY);
	creat("/none/file", 0777);
	utimes("/none/file", NULL);
	utime("/none/file", &(struct utimbuf){1, 2});
}

static void named(void)
{
	char path[300];

	access("/etc/passwd", R_OK | W_OK);
	access("/none", F_OK);
	faccessat(AT_FDCWD, "/etc", X_OK, 0);
	syscall(SYS_faccessat2, AT_FDCWD, "/etc", R_OK, AT_EACCESS);
	readlink("/proc/self/exe", buffer, sizeof(buffer));
	readlink("/etc", buffer, sizeof(buffer));
	readlinkat(AT_FDCWD, "/proc/self/fd/0", buffer, 5);
	getcwd(buffer, sizeof(buffer));
	getcwd(buffer, 1);
	mkdir("/tmp/unishim-folder", 0755);
	mkdir("/tmp/unishim-folder", 0);
	chdir("/tmp/unishim-folder");
	symlink("target", "link");
	link("/none", "other");
	rename("link", "renamed");
	syscall(SYS_renameat2, AT_FDCWD, "renamed", AT_FDCWD, "link", 1);
	unlink("link");
	mkfifo("fifo", 0600);
	mknod("device", S_IFCHR | 0600, 0x0103);
	unlinkat(AT_FDCWD, "fifo", 0);
	unlink("device");
	chmod("/none", 0700);
	chown("/none", -1, 5);
	lchown("/none", 1, -1);
	truncate("/none", 5);
	chdir("/");
	rmdir("/tmp/unishim-folder");
	unlinkat(AT_FDCWD, "/tmp/unishim-folder", AT_REMOVEDIR);
	memset(path, 'p', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = 0;
	access(path, F_OK);
	umask(022);
	umask(0);
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	syscall(SYS_getdents64, fd, buffer, 1);
	syscall(SYS_getdents64, 99, buffer, sizeof(buffer));
	unlink("/tmp/unishim-trace");
}

static void vectors(void)
{
	int fds[2];
	struct iovec parts[] = {
		{"first", 5}, {NULL, 0}, {"the second is rather longer than shown", 38}};
	char one[4], two[40];
	struct iovec rooms[] = {{one, sizeof(one)}, {two, sizeof(two)}, {buffer, 10}};

	pipe2(fds, O_CLOEXEC);
	pipe(fds);
	writev(fds[1], parts, 3);
	readv(fds[0], rooms, 3);
	writev(fds[1], parts, 0);
	readv(99, rooms, 3);
	writev(1, (struct iovec *)8, 2);
	writev(1, (struct iovec[]){{(void *)16, 5}}, 1);
	preadv(fds[0], rooms, 1, 5);
	pwritev(fds[1], parts, 1, 7);
	syscall(SYS_preadv2, fds[0], rooms, 1, -1L, 0L, 8);
	ioctl(fds[0], FIONREAD, &(int){0});
	ioctl(fds[0], TCGETS, buffer);
	ioctl(0, TIOCGWINSZ, buffer);
	ioctl(fds[0], FIONBIO, &(int){1});
	ioctl(fds[0], FIOCLEX);
	ioctl(fds[0], 0x80045463, buffer);
	ioctl(99, FIONREAD, NULL);
	write(1, (void *)8, 5);
	write(1, NULL, 0);
	write(fds[1], "", 0);
	read(99, buffer, 5);
	splice(fds[0], NULL, 1, NULL, 10, SPLICE_F_NONBLOCK);
	tee(fds[0], 1, 10, 0);
	syscall(SYS_sendfile, 1, 99, NULL, 10);
	syscall(SYS_copy_file_range, 99, NULL, 98, &(int64_t){5}, 10, 0);
}

static void waiting(void)
{
	int fds[2], epoll, event;
	struct pollfd polled[3];
	struct epoll_event ready[4];
	fd_set set, except;
	struct timeval soon = {0, 1000};
	sigset_t mask;

	pipe(fds);
	write(fds[1], "x", 1);
	polled[0] = (struct pollfd){.fd = fds[0], .events = POLLIN | POLLPRI};
	polled[1] = (struct pollfd){.fd = -1, .events = POLLIN};
	polled[2] = (struct pollfd){.fd = 99, .events = POLLOUT};
	poll(polled, 3, 0);
	poll(polled, 1, -1);
	polled[0].fd = -5;
	poll(polled, 1, 1);
	poll(NULL, 0, 0);
	poll((void *)8, 1, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGRTMIN + 2);
	polled[0].fd = fds[0];
	ppoll(polled, 1, &(struct timespec){5, 0}, &mask);
	ppoll(polled, 0, &(struct timespec){0, 0}, NULL);
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	FD_ZERO(&except);
	FD_SET(1, &except);
	select(fds[0] + 1, &set, &except, NULL, NULL);
	FD_ZERO(&set);
	FD_SET(0, &except);
	syscall(SYS_select, 1, NULL, NULL, &except, &soon);
	syscall(SYS_pselect6, 0, NULL, NULL, NULL, &(struct timespec){0, 0}, NULL);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0],
		  &(struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u64 = 0x500000007});
	epoll_ctl(epoll, EPOLL_CTL_DEL, 99, NULL);
	epoll_wait(epoll, ready, 4, 0);
	epoll_wait(epoll, ready, 4, 0);
	epoll_pwait(epoll, ready, 4, 0, &mask);
	event = eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE);
	read(event, buffer, 8);
	syscall(SYS_signalfd4, -1, &mask, 8, SFD_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	timerfd_settime(timer, 0, &(struct itimerspec){{1, 0}, {2, 500}}, NULL);
	timerfd_gettime(99, NULL);
	int notify = inotify_init1(IN_CLOEXEC);
	inotify_add_watch(notify, "/tmp", IN_CREATE | IN_DELETE);
	inotify_rm_watch(notify, 1);
	memfd_create("name of memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int main(void)
{
	opened();
	named();
	vectors();
	waiting();
	return 3;
}
