/* What a process can see of another one: process_vm_readv(2), process_vm_writev(2), kcmp(2); the
 * same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PAGE  4096
#define PAGES 8
#define WHOLE (PAGES * PAGE)
#define AT(p) ((char *)memory + (p))
#define COUNT 1024 /* UIO_MAXIOV */
#define V(a, n)                                                                                    \
	{                                                                                          \
		(void *)(a), n                                                                     \
	}

enum { FILE_OF, VM, FILES, FS, SIGHAND, IO, SYSVSEM, EPOLL_TARGET };

static char *memory;
static char near[WHOLE];

static ssize_t transfer(const char *what, pid_t pid, const struct iovec *own, size_t owns,
			const struct iovec *other, size_t others, int write)
{
	ssize_t done = write ? process_vm_writev(pid, own, owns, other, others, 0)
			     : process_vm_readv(pid, own, owns, other, others, 0);

	result(what, done);
	return done;
}

static void read_from(const char *what, pid_t pid, void *from, size_t size)
{
	struct iovec own = V(near, size), other = V(from, size);

	memset(near, 0, sizeof(near));
	transfer(what, pid, &own, 1, &other, 1, 0);
	SAY("%d %d\n", near[0], near[PAGE]);
}

static void write_to(const char *what, pid_t pid, void *to, size_t size)
{
	struct iovec own = V(near, size), other = V(to, size);

	memset(near, 9, sizeof(near));
	transfer(what, pid, &own, 1, &other, 1, 1);
}

static pid_t start(void)
{
	int ends[2];
	char byte;
	pid_t child;

	if (pipe(ends))
		exit(1);
	child = fork();
	if (child == 0) {
		for (int i = 0; i < PAGES; i++)
			memset(AT(i * PAGE), 'a' + i, PAGE);
		mprotect(AT(2 * PAGE), PAGE, PROT_NONE);
		mprotect(AT(3 * PAGE), PAGE, PROT_READ);
		munmap(AT(5 * PAGE), PAGE);
		mprotect(AT(7 * PAGE), PAGE, PROT_WRITE);
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		pause_for_ever();
	}
	if (read(ends[0], &byte, 1) != 1)
		exit(1);
	close(ends[0]);
	close(ends[1]);
	return child;
}

static void stop(pid_t child)
{
	kill(child, SIGKILL);
	end("child", child);
}

static void try_reads(pid_t child)
{
	struct iovec own[3] = {V(near, 10), V(near + 10, 0), V(near + 10, 5000)};
	struct iovec other[3] = {V(AT(4090), 3), V(AT(0), 0), V(AT(4095), 200)};
	struct iovec bad = V(-1, 16), good = V(AT(0), 16), hole = V(memory + 5 * PAGE - 8, 16);

	read_from("two pages", child, AT(0), 2 * PAGE);
	read_from("up to a page without access", child, AT(PAGE), 2 * PAGE);
	read_from("a page without access", child, AT(2 * PAGE), PAGE);
	read_from("only reading", child, AT(3 * PAGE), PAGE);
	read_from("up to a hole", child, AT(4 * PAGE), 2 * PAGE);
	read_from("a hole", child, AT(5 * PAGE), PAGE);
	read_from("only writing", child, AT(7 * PAGE), PAGE);
	read_from("nothing", child, AT(0), 0);
	read_from("null", child, NULL, 8);
	read_from("the kernel's", child, (void *)(uintptr_t)0xffff800000000000, 8);
	transfer("several", child, own, 3, other, 3, 0);
	SAY("%d %d %d %d\n", near[2], near[3], near[4], near[202]);
	transfer("more room than bytes", child, own + 2, 1, other, 1, 0);
	transfer("less room than bytes", child, own, 1, other + 2, 1, 0);
	transfer("bad own", child, &bad, 1, &good, 1, 0);
	transfer("bad other", child, own, 1, &bad, 1, 0);
	transfer("null own", child, NULL, 1, &good, 1, 0);
	transfer("null other", child, own, 1, NULL, 1, 0);
	transfer("none own", child, NULL, 0, NULL, 1, 0);
	transfer("none other", child, own, 1, NULL, 0, 0);
	transfer("a part", child, own, 1, &hole, 1, 0);
	own[0].iov_base = memory + 2 * PAGE - 4;
	mprotect(AT(2 * PAGE), PAGE, PROT_READ);
	transfer("a part of the own", child, own, 1, &good, 1, 0);
	mprotect(AT(2 * PAGE), PAGE, PROT_READ | PROT_WRITE);
}

static void try_writes(pid_t child)
{
	write_to("two pages", child, AT(0), 2 * PAGE);
	read_from("as written", child, AT(0), 2 * PAGE);
	write_to("up to a page without access", child, AT(PAGE), 2 * PAGE);
	write_to("only reading", child, AT(3 * PAGE), PAGE);
	write_to("a hole", child, AT(5 * PAGE), PAGE);
	write_to("only writing", child, AT(7 * PAGE), PAGE);
	write_to("the program's code", child, (void *)(uintptr_t)try_writes, 4);
	SAY("ours is as before: %d %d\n", memory[0], memory[PAGE]);
}

static void try_arguments(pid_t child)
{
	static struct iovec many[COUNT + 1];
	struct iovec own = V(near, 16), other = V(AT(0), 16), negative = V(AT(0), -1);

	for (int i = 0; i <= COUNT; i++)
		many[i] = (struct iovec)V(near + i, i == 7);
	result("flags", process_vm_readv(child, &own, 1, &other, 1, 1));
	result("flags of a write", process_vm_writev(child, &own, 1, &other, 1, -1));
	transfer("most own", child, many, COUNT, &other, 1, 0);
	transfer("too many own", child, many, COUNT + 1, &other, 1, 0);
	transfer("too many others", child, &own, 1, many, COUNT + 1, 0);
	transfer("negative own", child, &negative, 1, &other, 1, 0);
	transfer("negative other", child, &own, 1, &negative, 1, 0);
	transfer("nobody", 999999, &own, 1, &other, 1, 0);
	transfer("process -1", -1, &own, 1, &other, 1, 0);
	transfer("process 0", 0, &own, 1, &other, 1, 0);
	own.iov_len = 0;
	transfer("nobody, no bytes", 999999, &own, 1, &other, 1, 0);
	own.iov_len = 16;
	transfer("itself", getpid(), &own, 1, &other, 1, 0);
}

static void try_as_others(pid_t target)
{
	struct iovec own = V(near, 16), other = V(AT(0), 16);

	CHILD("another user", {
		if (setuid(1000))
			_exit(1);
		transfer("reads", target, &own, 1, &other, 1, 0);
		transfer("writes", target, &own, 1, &other, 1, 1);
		result("compares", syscall(SYS_kcmp, target, target, VM, 0, 0));
		result("compares itself", syscall(SYS_kcmp, getpid(), getpid(), VM, 0, 0));
	});
}

/* Different objects have an order, which may be any. */
static void compare(const char *what, pid_t one, pid_t two, int type, unsigned long first,
		    unsigned long second)
{
	long value = syscall(SYS_kcmp, one, two, type, first, second);

	result(what, value == 2 ? 1 : value);
}

static void try_compare(pid_t child)
{
	static const char *const names[] = {"vm", "files", "fs", "sighand", "io", "sysvsem"};
	pid_t own = getpid();
	int fd = open("/dev/null", O_RDONLY), copy = dup(fd), another = open("/dev/null", O_RDONLY);

	for (int type = VM; type <= SYSVSEM; type++) {
		compare(names[type - VM], own, own, type, 0, 0);
		compare(names[type - VM], own, child, type, 0, 0);
	}
	compare("a copy", own, own, FILE_OF, (unsigned)fd, (unsigned)copy);
	compare("another", own, own, FILE_OF, (unsigned)fd, (unsigned)another);
	compare("inherited", own, child, FILE_OF, 1, 1);
	compare("closed", own, own, FILE_OF, (unsigned)fd, 900);
	compare("closed first", own, own, FILE_OF, 900, (unsigned)fd);
	compare("not the child's", own, child, FILE_OF, (unsigned)fd, (unsigned)fd);
	compare("huge", own, own, FILE_OF, 1, 1UL << 40);
	compare("type", own, own, 8, 0, 0);
	compare("negative type", own, own, -1, 0, 0);
	compare("nobody", own, 999999, VM, 0, 0);
	compare("nobody first", 999999, own, VM, 0, 0);
	compare("process 0", 0, own, VM, 0, 0);
}

static void try_targets(void)
{
	unsigned set = (unsigned)epoll_create1(0), target;
	struct epoll_event event = {.events = EPOLLIN};
	struct {
		uint32_t efd, tfd, toff;
	} slot = {.efd = set};
	pid_t own = getpid();
	int ends[2], other;

	if (pipe(ends))
		exit(1);
	target = (unsigned)ends[0];
	other = dup(ends[1]);
	epoll_ctl((int)set, EPOLL_CTL_ADD, ends[0], &event);
	slot.tfd = target;
	compare("a target", own, own, EPOLL_TARGET, target, (unsigned long)&slot);
	compare("not this one", own, own, EPOLL_TARGET, (unsigned)other, (unsigned long)&slot);
	slot.toff = 1;
	compare("the second of the number", own, own, EPOLL_TARGET, target, (unsigned long)&slot);
	slot.toff = 0;
	slot.tfd = (unsigned)other;
	compare("not a target", own, own, EPOLL_TARGET, target, (unsigned long)&slot);
	slot.efd = target;
	compare("not a set", own, own, EPOLL_TARGET, target, (unsigned long)&slot);
	slot.efd = 900;
	compare("a closed set", own, own, EPOLL_TARGET, target, (unsigned long)&slot);
	compare("a bad pointer", own, own, EPOLL_TARGET, target, 16);
}

static int share(void *argument)
{
	pid_t parent = getppid();

	for (int type = VM; type <= SIGHAND; type++)
		compare("shared", parent, getpid(), type, 0, 0);
	return 0;
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t child;

	memory = mmap(NULL, WHOLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return 1;
	memset(memory, 1, WHOLE);
	child = start();
	try_reads(child);
	try_writes(child);
	try_arguments(child);
	try_as_others(child);
	try_compare(child);
	try_targets();
	stop(child);
	child = clone(share, stack + sizeof(stack), CLONE_VM | CLONE_FS | SIGCHLD, NULL);
	end("shares memory", child);
	child = clone(share, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
	end("shares files", child);
	SAY("end\n");
	return 0;
}
