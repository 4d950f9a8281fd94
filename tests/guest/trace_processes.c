/* Calls on memory, signals, times, limits and sockets, for the notation of traces. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[8192];
static uint32_t word;

static void memory(void)
{
	char *page = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned char resident[4];

	mmap(NULL, 0, PROT_NONE, MAP_SHARED, 3, 0x1000);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	mprotect(page + 1, 4096, 0x80);
	page[8192] = 1;
	mincore(page, 16384, resident);
	mincore(page + 1, 1, resident);
	madvise(page, 4096, MADV_DONTNEED);
	madvise(page, 4096, 999);
	msync(page, 4096, MS_SYNC | MS_INVALIDATE);
	mlock(page, 4096);
	mlock2(page, 4096, MLOCK_ONFAULT);
	munlock(page, 4096);
	mlockall(0);
	munlockall();
	page = mremap(page + 8192, 4096, 8192, MREMAP_MAYMOVE);
	mremap(page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, page);
	munmap(page, 8192);
	munmap((void *)1, 5);
	syscall(SYS_brk, 1);
	syscall(SYS_membarrier, 0, 0, 0);
}

static void handler(int number)
{
	(void)number;
}

static void signals(void)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NODEFER};
	sigset_t set, old;
	stack_t stack = {.ss_sp = buffer, .ss_size = sizeof(buffer)};
	siginfo_t information;

	sigfillset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR1, NULL, &action);
	action = (struct sigaction){.sa_handler = SIG_IGN};
	sigaction(SIGRTMIN + 3, &action, &action);
	sigaction(SIGKILL, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMAX);
	sigprocmask(SIG_BLOCK, &set, &old);
	sigprocmask(SIG_SETMASK, NULL, &old);
	kill(getpid(), SIGUSR1);
	kill(getpid(), 0);
	kill(99999999, SIGTERM);
	raise(SIGUSR2);
	sigpending(&old);
	sigtimedwait(&set, &information, &(struct timespec){1, 0});
	sigtimedwait(&set, NULL, &(struct timespec){0, 0});
	sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = -7});
	sigaltstack(&stack, NULL);
	sigaltstack(NULL, &stack);
	sigsuspend((void *)8);
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 1000}}, NULL);
	signal(SIGALRM, handler);
	pause();
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 1000}}, NULL);
	nanosleep(&(struct timespec){1, 5}, &(struct timespec){0, 0});
	alarm(0);
}

static void times_(void)
{
	struct timespec time = {0, 1};
	struct timeval now;
	struct timezone zone;
	struct itimerspec timer;
	int id;

	syscall(SYS_clock_gettime, CLOCK_REALTIME, &time);
	syscall(SYS_clock_gettime, 77, &time);
	syscall(SYS_clock_gettime, -6, &time);
	syscall(SYS_clock_getres, CLOCK_MONOTONIC_COARSE, &time);
	syscall(SYS_clock_settime, CLOCK_MONOTONIC, &time);
	syscall(SYS_gettimeofday, &now, &zone);
	syscall(SYS_gettimeofday, &now, NULL);
	syscall(SYS_time, NULL);
	syscall(SYS_times, buffer);
	nanosleep(&(struct timespec){0, 1000}, NULL);
	nanosleep(&(struct timespec){0, 1000000000}, NULL);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &(struct timespec){1, 0}, NULL);
	syscall(SYS_getitimer, ITIMER_VIRTUAL, buffer);
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &(struct sigevent){.sigev_notify = SIGEV_NONE},
		&id);
	syscall(SYS_timer_settime, id, TIMER_ABSTIME, &(struct itimerspec){{0, 0}, {1, 0}}, &timer);
	syscall(SYS_timer_delete, id);
}

static void processes(void)
{
	struct utsname name;
	struct rlimit limit;
	struct rusage usage;
	int status, cpu;
	unsigned long mask[16] = {0};
	pid_t list[4];

	uname(&name);
	uname(NULL);
	sysinfo((void *)buffer);
	getrlimit(RLIMIT_STACK, &limit);
	prlimit(0, RLIMIT_NOFILE, NULL, &limit);
	prlimit(0, 99, &(struct rlimit){1025, 2048}, NULL);
	syscall(SYS_getrlimit, RLIMIT_AS, &limit);
	syscall(SYS_setrlimit, 99, &(struct rlimit){4096, RLIM_INFINITY});
	getrusage(RUSAGE_SELF, &usage);
	getrusage(99, &usage);
	syscall(SYS_getcpu, &cpu, NULL, NULL);
	sched_setaffinity(0, sizeof(mask), (void *)mask);
	sched_getaffinity(0, 1, (void *)mask);
	sched_getscheduler(0);
	sched_getparam(0, &(struct sched_param){0});
	sched_get_priority_max(SCHED_FIFO);
	sched_yield();
	getpriority(PRIO_PROCESS, 0);
	setpriority(PRIO_USER, -1, 5);
	getgroups(0, NULL);
	getgroups(4, (void *)list);
	getresuid((void *)&list[0], (void *)&list[1], (void *)&list[2]);
	getresgid((void *)&list[0], (void *)&list[1], NULL);
	setresuid(-1, -1, -1);
	getpgid(0);
	getsid(99999999);
	setpgid(0, 99999999);
	setsid();
	prctl(PR_SET_NAME, "a rather long name of a thread");
	prctl(PR_GET_NAME, buffer);
	prctl(PR_GET_DUMPABLE);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, 0);
	prctl(PR_GET_PDEATHSIG, &status);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	prctl(PR_CAPBSET_READ, 21);
	prctl(99999, 1, 2, 3, 4);
	syscall(SYS_arch_prctl, 0x1003, buffer);
	syscall(SYS_arch_prctl, 0x3001, 0);
	syscall(SYS_getrandom, buffer, 5, 1);
	syscall(SYS_getrandom, buffer, 50, 0x80);
	wait4(-1, &status, WNOHANG, NULL);
	syscall(SYS_waitid, P_ALL, 0, buffer, WEXITED, NULL);
	syscall(SYS_get_robust_list, 0, buffer, buffer + 8);
	syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
	syscall(SYS_futex, &word, FUTEX_WAIT, 5, NULL);
	syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0,
		&(struct timespec){1, 0}, NULL, -1);
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &(struct timespec){0, 1000});
	syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &word, 5);
	syscall(SYS_futex, &word, FUTEX_WAKE_OP, 1, 2, &word,
		FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_GT, 0));
	syscall(SYS_openat2, -1, "relative",
		&(struct open_how){.flags = O_RDONLY, .resolve = RESOLVE_BENEATH}, 24);
	syscall(SYS_personality, 0xffffffff);
	syscall(SYS_capget, &(uint32_t[2]){0x20080522, 0}, buffer);
	syscall(1000, 1, 0, 0x123, 4, 5, 6);
}

static void sockets(void)
{
	int pair[2], one = 1, server;
	socklen_t length = sizeof(int);
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/none/socket"};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(80),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	send(pair[0], "message", 7, MSG_NOSIGNAL);
	recv(pair[1], buffer, sizeof(buffer), 0);
	recv(pair[1], buffer, sizeof(buffer), MSG_DONTWAIT);
	server = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	getsockopt(server, SOL_SOCKET, SO_ERROR, &one, &length);
	getsockopt(server, SOL_SOCKET, SO_TYPE, &one, &length);
	bind(server, (void *)&address, sizeof(address));
	listen(server, 5);
	length = sizeof(address);
	getsockname(99, (void *)&address, &length);
	socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	connect(pair[0], (void *)&name, sizeof(name));
	connect(server, (void *)&six, sizeof(six));
	connect(server, NULL, 0);
	accept4(pair[0], NULL, NULL, SOCK_CLOEXEC);
	sendto(99, "data", 4, 0, (void *)&address, sizeof(address));
	shutdown(pair[0], SHUT_RDWR);
	length = sizeof(name);
	getpeername(pair[1], (void *)&name, &length);
	recvfrom(pair[1], buffer, 10, 0, (void *)&name, &length);
}

int main(void)
{
	memory();
	signals();
	times_();
	processes();
	sockets();
	/* The order of SIGCHLD and the end of wait4 is not fixed. */
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0)
		_exit(5);
	int status;
	struct rusage usage;
	wait4(-1, &status, 0, &usage);

	kill(getpid(), SIGTERM);
	return 1;
}
