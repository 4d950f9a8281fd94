/*
 * Garbage that ends the program, or takes away what it needs: single_calls NAME. The same on
 * Linux, with the same signal or status. No output, because some of these first close stdout.
 */
#define _GNU_SOURCE
#include "raw_call.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define GARBAGE	     0xdeadbeefcafef00dUL
#define KERNEL	     0xffffffff80100000UL
#define DIRECT_MAP   0xffff800000000000UL
#define NO_ADDRESS   (1UL << 63)
#define END	     0x7ffffffff000UL
#define ARCH_SET_FS  0x1002
#define SA_RESTORER_ 0x04000000UL

struct action {
	uint64_t handler, flags, restorer, mask;
};

static const char *name;
static char handler_stack[65536];

static int is(const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

static long call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return raw_call(number, (uint64_t[6]){a, b, c, d});
}

/* With the raw rt_sigaction(2), because the C library would reject garbage. */
static void set_action(int signal, uint64_t handler, uint64_t flags, uint64_t restorer)
{
	struct action action = {handler, flags, restorer, 0};

	call(SYS_rt_sigaction, (uint64_t)signal, (uint64_t)&action, 0, 8);
}

/* rt_sigreturn with the stack pointer on a frame filled with one word, except rip and fpstate. */
static void return_from(uint64_t stack, uint64_t word, uint64_t ip, uint64_t fpstate)
{
	static uint64_t frame[512] __attribute__((aligned(64)));
	static ucontext_t context;
	uint64_t top = stack ? stack : (uint64_t)frame;

	for (int i = 0; i < 512; i++)
		frame[i] = word;
	memset(&context, (int)word, offsetof(ucontext_t, __ssp));
	context.uc_mcontext.gregs[REG_RIP] = (greg_t)ip;
	context.uc_mcontext.gregs[REG_RSP] = (greg_t)(handler_stack + sizeof(handler_stack) - 8);
	context.uc_mcontext.gregs[REG_CSGSFS] = 0x2b000000000033; /* ss and cs */
	context.uc_mcontext.fpregs = (void *)fpstate;
	memcpy(frame, &context, offsetof(ucontext_t, __ssp));
	__asm__ volatile("movq %0, %%rsp\n"
			 "movl $15, %%eax\n"
			 "syscall\n"
			 "ud2"
			 :
			 : "r"(top)
			 : "memory");
}

static void exit_with_42(void)
{
	call(SYS_exit_group, 42, 0, 0, 0);
}

/* A processor state with every permitted bit set: valid for every kernel. */
static void return_with_fpu(uint64_t word, int extended)
{
	static uint64_t state[2048] __attribute__((aligned(64)));
	uint32_t *words = (uint32_t *)state;

	for (int i = 0; i < 2048; i++)
		state[i] = word;
	if (extended) {
		/* struct _fpx_sw_bytes, as Linux would have written it. */
		uint32_t a = 13, b, c = 0, d;

		__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
		words[116] = 0x46505853;
		words[117] = b + 4;
		state[59] = a;
		words[120] = b;
		words[b / 4] = 0x46505845;
	}
	return_from(0, 0, (uint64_t)exit_with_42, (uint64_t)state);
}

static void handled_fault(int signal)
{
	_exit(43);
}

static void signal_on_stack(uint64_t stack_pointer)
{
	/* getpid(), then kill(2), by their numbers, without a valid stack pointer. */
	__asm__ volatile("movq %0, %%rsp\n"
			 "movl $62, %%eax\n"
			 "movl %1, %%edi\n"
			 "movl $10, %%esi\n"
			 "syscall\n"
			 "movl $44, %%edi\n"
			 "movl $231, %%eax\n"
			 "syscall\n"
			 :
			 : "r"(stack_pointer), "r"(getpid())
			 : "memory");
}

static void returns(void)
{
	if (is("return-null"))
		return_from(8, 0, 0, 0);
	if (is("return-kernel-stack"))
		return_from(KERNEL, 0, 0, 0);
	if (is("return-direct-map"))
		return_from(DIRECT_MAP, 0, 0, 0);
	if (is("return-no-address"))
		return_from(NO_ADDRESS, 0, 0, 0);
	if (is("return-garbage"))
		return_from(0, GARBAGE, GARBAGE, GARBAGE);
	if (is("return-ones"))
		return_from(0, ~0UL, ~0UL, ~0UL);
	if (is("return-zeros"))
		return_from(0, 0, 0, 0);
	if (is("return-to-kernel"))
		return_from(0, 0, KERNEL, 0);
	if (is("return-to-no-address"))
		return_from(0, 0, NO_ADDRESS, 0);
	if (is("return-fpu-kernel"))
		return_from(0, 0, (uint64_t)exit_with_42, KERNEL);
	if (is("return-fpu-no-address"))
		return_from(0, 0, (uint64_t)exit_with_42, NO_ADDRESS);
	if (is("return-fpu-zeros"))
		return_with_fpu(0, 0);
	if (is("return-fpu-ones"))
		return_with_fpu(~0UL, 0);
	if (is("return-fpu-extended-zeros"))
		return_with_fpu(0, 1);
	if (is("return-fpu-extended-ones"))
		return_with_fpu(~0UL, 1);
	if (is("return-fpu-extended-garbage"))
		return_with_fpu(GARBAGE, 1);
}

static void handlers(void)
{
	uint64_t flags = SA_RESTORER_;

	if (is("handler-kernel"))
		set_action(SIGUSR1, KERNEL, flags, KERNEL);
	if (is("handler-direct-map"))
		set_action(SIGUSR1, DIRECT_MAP, flags, KERNEL);
	if (is("handler-no-address"))
		set_action(SIGUSR1, NO_ADDRESS, flags, KERNEL);
	if (is("handler-end"))
		set_action(SIGUSR1, END, flags, END);
	if (is("handler-null-page"))
		set_action(SIGUSR1, 2, flags, 2);
	if (is("handler-no-restorer"))
		set_action(SIGUSR1, (uint64_t)exit_with_42, 0, 0);
	if (is("handler-kernel-caught")) {
		signal(SIGSEGV, handled_fault);
		set_action(SIGUSR1, KERNEL, flags, KERNEL);
	}
	if (strncmp(name, "handler-", 8) == 0)
		raise(SIGUSR1);
}

static void stacks(void)
{
	stack_t stack = {.ss_sp = (void *)DIRECT_MAP, .ss_size = 1 << 20};
	struct sigaction action = {.sa_handler = (void (*)(int))exit_with_42};

	if (strncmp(name, "stack-", 6) != 0)
		return;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
	if (is("stack-kernel"))
		sigaltstack(&stack, NULL);
	if (is("stack-no-address"))
		signal_on_stack(NO_ADDRESS);
	if (is("stack-kernel-pointer"))
		signal_on_stack(KERNEL);
	if (is("stack-null"))
		signal_on_stack(0);
	if (is("stack-null-caught")) {
		stack.ss_sp = handler_stack;
		action.sa_handler = handled_fault;
		stack.ss_size = sizeof(handler_stack);
		sigaltstack(&stack, NULL);
		sigaction(SIGSEGV, &action, NULL);
		signal(SIGUSR1, handled_fault);
		signal_on_stack(0);
	}
	if (is("stack-wraps")) {
		stack.ss_sp = (void *)-4096UL;
		stack.ss_size = 8192;
		sigaltstack(&stack, NULL);
	}
	raise(SIGUSR1);
}

static void memory(void)
{
	if (is("unmap-all"))
		call(SYS_munmap, 0x10000, END - 0x10000, 0, 0);
	if (is("protect-all"))
		for (uint64_t address = 0; address < END; address += 1UL << 30)
			call(SYS_mprotect, address, 1UL << 30, PROT_NONE, 0);
	if (is("protect-code"))
		call(SYS_mprotect, (uint64_t)memory & -4096UL, 8192, PROT_NONE, 0);
	if (is("break-down")) {
		char *block = malloc(100);

		call(SYS_brk, (uint64_t)block & -4096UL, 0, 0, 0);
		*(volatile char *)block = 1;
	}
	if (is("fs-garbage")) {
		call(SYS_arch_prctl, ARCH_SET_FS, END - 1, 0, 0);
		__asm__ volatile("movq %fs:0, %rax");
	}
	if (is("fs-kernel")) {
		/* Refused: the thread's memory is where it was. */
		call(SYS_arch_prctl, ARCH_SET_FS, KERNEL, 0, 0);
		call(SYS_arch_prctl, ARCH_SET_FS, NO_ADDRESS, 0, 0);
		__asm__ volatile("movq %%fs:0, %%rax" : : : "rax");
		_exit(45);
	}
	if (is("close-all")) {
		if (call(SYS_close_range, 0, ~0UL, 0, 0) || write(1, "x", 1) != -1 ||
		    open("/dev/null", O_RDWR) != 0)
			_exit(1);
		_exit(46);
	}
}

/* These sleep for ever. */
/* Waits that only another process could end. */
static void waits(void)
{
	struct epoll_event event;
	uint64_t counter;
	int ends[2];

	if (is("pipe-read") && pipe(ends) == 0)
		read(ends[0], &counter, sizeof(counter));
	if (is("pipe-write") && pipe(ends) == 0) {
		for (;;)
			write(ends[1], handler_stack, sizeof(handler_stack));
	}
	if (is("fifo") && mkfifo("/a_fifo", 0600) == 0)
		open("/a_fifo", O_RDONLY);
	if (is("eventfd"))
		read(eventfd(0, 0), &counter, sizeof(counter));
	if (is("inotify"))
		read(inotify_init(), &counter, sizeof(counter));
	if (is("select"))
		call(SYS_select, 0, 0, 0, 0);
	if (is("epoll"))
		epoll_wait(epoll_create1(0), &event, 1, -1);
}

static void sleeps(void)
{
	static uint32_t word;
	struct timespec long_time = {INT64_MAX, 999999999};

	if (is("pause"))
		raw_call(SYS_pause,
			 (uint64_t[6]){GARBAGE, GARBAGE, GARBAGE, GARBAGE, GARBAGE, GARBAGE});
	if (is("sleep"))
		call(SYS_nanosleep, (uint64_t)&long_time, KERNEL, 0, 0);
	if (is("sleep-until"))
		call(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, (uint64_t)&long_time,
		     KERNEL);
	if (is("futex"))
		call(SYS_futex, (uint64_t)&word, FUTEX_WAIT, 0, 0);
	if (is("futex-long"))
		call(SYS_futex, (uint64_t)&word, FUTEX_WAIT, 0, (uint64_t)&long_time);
	if (is("poll"))
		call(SYS_poll, 0, 0, ~0UL, 0);
	if (is("ppoll"))
		call(SYS_ppoll, 0, 0, (uint64_t)&long_time, 0);
	if (is("sigtimedwait"))
		call(SYS_rt_sigtimedwait, (uint64_t)handler_stack, 0, (uint64_t)&long_time, 8);
	if (is("flock")) {
		call(SYS_flock, (uint64_t)open("/", O_RDONLY), LOCK_EX, 0, 0);
		call(SYS_flock, (uint64_t)open("/", O_RDONLY), LOCK_EX, 0, 0);
	}
	if (is("sigsuspend"))
		call(SYS_rt_sigsuspend, (uint64_t)handler_stack, 8, 0, 0);
}

int main(int argc, char **argv)
{
	name = argv[1];
	if (is("exit"))
		call(SYS_exit, GARBAGE, GARBAGE, GARBAGE, GARBAGE);
	if (is("exit_group"))
		call(SYS_exit_group, GARBAGE, GARBAGE, GARBAGE, GARBAGE);
	if (is("exit-negative"))
		call(SYS_exit_group, ~0UL, 0, 0, 0);
	if (is("exit-256"))
		call(SYS_exit_group, 256, 0, 0, 0);
	returns();
	handlers();
	stacks();
	memory();
	sleeps();
	waits();
	_exit(99);
}
