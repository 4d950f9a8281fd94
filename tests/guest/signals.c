/* Handlers, masks, the alternate stack, handled faults; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t count;
static volatile int code, on_altstack;
static void *volatile address;
static char altstack[65536];

static void simple(int signal)
{
	volatile double x = 1.5;

	count++;
	x = x * 3.25; /* the interrupted code's registers must not change */
}

static void detailed(int signal, siginfo_t *information, void *context)
{
	char here;

	code = information->si_code;
	address = information->si_addr;
	on_altstack = &here > altstack && &here < altstack + sizeof(altstack);
	siglongjmp(back, signal);
}

static void install(int signal, void *handler, int flags)
{
	struct sigaction action = {.sa_flags = flags};

	if (flags & SA_SIGINFO)
		action.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
	else
		action.sa_handler = (void (*)(int))handler;
	if (sigaction(signal, &action, NULL))
		printf("sigaction %d: %s\n", signal, errno_text());
}

static void fault(const char *what, void (*cause)(void))
{
	int signal = sigsetjmp(back, 1);

	if (signal == 0) {
		cause();
		printf("%s: no fault\n", what);
		return;
	}
	printf("%s: signal %d, code %d, address %s, altstack %d\n", what, signal, code,
	       !address			   ? "null"
	       : (uintptr_t)address < 4096 ? "low"
					   : "other",
	       on_altstack);
}

static void null_pointer(void)
{
	*(volatile int *)8 = 1;
}

static void write_code(void)
{
	*(volatile char *)(uintptr_t)null_pointer = 1;
}

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static void divide(void)
{
	int quotient = 1, zero = 0;

	/* In assembly, because it is undefined in C and compilers may do anything with it. */
	__asm__ volatile("cltd; idivl %1" : "+a"(quotient) : "r"(zero) : "edx");
}

static void non_canonical(void)
{
	*(volatile int *)0x8000000000000000 = 1;
}

static void wild_jump(void)
{
	((void (*)(void))(uintptr_t)0x10)();
}

static int recursion(volatile int depth)
{
	volatile char block[4096];

	block[0] = (char)depth;
	return recursion(depth + 1) + block[0];
}

static void overflow_stack(void)
{
	recursion(0);
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void interrupt_80(void)
{
	__asm__ volatile("int $0x81");
}

int main(void)
{
	stack_t stack = {.ss_sp = altstack, .ss_size = sizeof(altstack)};
	struct timespec moment = {.tv_nsec = 1000000};
	siginfo_t information;
	double kept = 2.5;
	sigset_t set, old;

	install(SIGUSR1, simple, 0);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	printf("handled %d, kept %g\n", count, kept * 2);

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	raise(SIGUSR1);
	sigpending(&set);
	printf("blocked: %d, pending %d\n", count, sigismember(&set, SIGUSR1));
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("unblocked: %d\n", count);

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	printf("taken %d", sigtimedwait(&set, &information, &moment));
	printf(", code %d\n", information.si_code);
	printf("nothing to take: %d %s\n", sigtimedwait(&set, NULL, &moment), errno_text());

	raise(SIGUSR2);
	install(SIGUSR2, simple, SA_RESETHAND);
	sigemptyset(&set);
	printf("suspended %d %s, handled %d\n", sigsuspend(&set), errno_text(), count);
	signal(SIGUSR2, SIG_IGN);
	raise(SIGUSR2);
	raise(SIGCHLD);

	sigaltstack(&stack, NULL);
	install(SIGSEGV, detailed, SA_SIGINFO | SA_ONSTACK);
	install(SIGILL, detailed, SA_SIGINFO);
	install(SIGFPE, detailed, SA_SIGINFO);
	install(SIGTRAP, detailed, SA_SIGINFO);
	fault("null pointer", null_pointer);
	fault("write to code", write_code);
	fault("undefined instruction", undefined);
	fault("division", divide);
	fault("non-canonical", non_canonical);
	fault("wild jump", wild_jump);
	fault("stack overflow", overflow_stack);
	fault("breakpoint", breakpoint);
	fault("other interrupt", interrupt_80);
	fault("null pointer again", null_pointer);
	install(SIGKILL, simple, 0);
	sigaltstack(NULL, &stack);
	printf("altstack flags %d\n", stack.ss_flags);
	return 0;
}
