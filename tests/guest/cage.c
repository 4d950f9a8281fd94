/*
 * Attacks on the cage of a Linux process (kernel/plat/linux): cage CASE [ARGUMENT]...
 *
 * The program shares its address space with the library OS, so it uses a `syscall` instruction of
 * the library and makes host calls with it, bypassing all checks of the library. Addresses within
 * the library are arguments: the test reads them from the image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "raw_call.h"

#define IMAGE_START 0x7d4000000000 /* kernel/plat/linux/layout.h */
#define GUEST_END   0x7d0000000000 /* include/uk/address_space.h */
#define LOW_PAGE    ((void *)0x10000)
#define CODE_32	    0x23 /* Linux's segment of 32-bit code */

static int is(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

/* `text:` and a string: its address. Else a number. */
static uint64_t value(const char *word)
{
	return strncmp(word, "text:", 5) == 0 ? (uintptr_t)(word + 5) : strtoull(word, NULL, 0);
}

/* The `syscall` followed by a `ud2`: a call that the host executes ends in SIGILL there. */
static const unsigned char *find_gadget(void)
{
	static const unsigned char bytes[] = {0x0f, 0x05, 0x0f, 0x0b};
	const unsigned char *text = (const unsigned char *)IMAGE_START;

	while (memcmp(text, bytes, sizeof(bytes)) != 0)
		text++;
	return text;
}

static void __attribute__((noreturn))
jump(const void *target, uint64_t number, const uint64_t arguments[6])
{
	register uint64_t r10 __asm__("r10") = arguments[3];
	register uint64_t r8 __asm__("r8") = arguments[4];
	register uint64_t r9 __asm__("r9") = arguments[5];

	__asm__ volatile("jmp *%[target]"
			 :
			 : [target] "b"(target), "a"(number), "D"(arguments[0]), "S"(arguments[1]),
			   "d"(arguments[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "memory");
	__builtin_unreachable();
}

/* NUMBER [ARGUMENT]...: with the library's instruction. */
static void attack_call(char **words)
{
	uint64_t number = value(*words++), arguments[6] = {0};

	for (int i = 0; i < 6 && *words; i++)
		arguments[i] = value(*words++);
	jump(find_gadget(), number, arguments);
}

/* DESCRIPTOR TEXT: written to where the launcher reads the library's report; DESCRIPTOR is the
 * address of its number. */
static void attack_report(char **words)
{
	int descriptor = *(volatile int *)value(words[0]);

	jump(find_gadget(), 1,
	     (uint64_t[6]){(uint64_t)descriptor, (uintptr_t)words[1], strlen(words[1])});
}

/* SELECTOR NUMBER [ARGUMENT]...: with an instruction of the program, which Syscall User Dispatch
 * no longer traps. */
static void attack_selector(char **words)
{
	uint64_t number, arguments[6] = {0};
	long result;

	*(volatile unsigned char *)value(*words++) = 0; /* SYSCALL_DISPATCH_FILTER_ALLOW */
	number = value(*words++);
	for (int i = 0; i < 6 && *words; i++)
		arguments[i] = value(*words++);
	result = raw_call(number, arguments);
	*(volatile long *)0 = result; /* no call can return it */
}

static void attack_selector_int80(char **words)
{
	*(volatile unsigned char *)value(words[0]) = 0;
	__asm__ volatile("int $0x80" : : "a"(20) : "memory");
}

/* ADDRESS: the page that old programs call for the time; the host's kernel emulates it. */
static void attack_vsyscall(char **words)
{
	struct {
		long seconds, microseconds;
	} time = {0};
	int (*function)(void *, void *) = (int (*)(void *, void *))value(words[0]);

	printf("returned %d\n", function(&time, NULL));
}

/* [SELECTOR]: real 32-bit code, below 4 GiB, that makes a call. */
static void attack_code_32(char **words)
{
	static const unsigned char code[] = {
		0xb8, 20,   0, 0, 0, /* mov $20, %eax: getpid */
		0xcd, 0x80,	     /* int $0x80 */
		0x0f, 0x0b,	     /* ud2 */
	};
	struct __attribute__((packed)) {
		uint32_t offset;
		uint16_t segment;
	} target = {(uint32_t)(uintptr_t)LOW_PAGE, CODE_32};
	void *page = mmap(LOW_PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (page != LOW_PAGE)
		return;
	memcpy(page, code, sizeof(code));
	if (words[0])
		*(volatile unsigned char *)value(words[0]) = 0;
	__asm__ volatile("ljmp *%0" : : "m"(target) : "memory");
}

/* The frame that the host puts on a handler's stack and rt_sigreturn reads. */
struct frame {
	struct {
		unsigned long flags;
		void *link;
		stack_t stack;
		struct sigcontext_words {
			uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
			uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
			uint16_t cs, gs, fs, ss;
			uint64_t error, trap, old_mask, cr2, fpstate, reserved[8];
		} registers;
		uint64_t mask;
	} context;
	siginfo_t information;
};

static void __attribute__((noreturn)) return_from(const struct frame *frame)
{
	const unsigned char *gadget = find_gadget();

	__asm__ volatile("movq %0, %%rsp\n"
			 "jmp *%1"
			 :
			 : "r"(frame), "r"(gadget), "a"(15)
			 : "memory");
	__builtin_unreachable();
}

static void landed(void)
{
	static const char text[] = "landed\n";

	write(1, text, sizeof(text) - 1);
	_exit(23);
}

static char other_stack[65536] __attribute__((aligned(16)));

/* Registers with values that the program chooses: HOW [NUMBER [ARGUMENT]...] */
static void attack_sigreturn(char **words)
{
	const char *how = *words++;
	struct frame frame;

	/* The host writes its next frame there, and does not fault in pages through our library. */
	memset(other_stack, 0, sizeof(other_stack));
	memset(&frame, 0, sizeof(frame));
	frame.context.registers.cs = 0x33;
	frame.context.registers.ss = 0x2b;
	frame.context.registers.eflags = 0x202;
	frame.context.registers.rsp = (uintptr_t)other_stack + sizeof(other_stack) - 8;
	frame.context.registers.rip = (uintptr_t)landed;
	frame.context.stack.ss_flags = SS_DISABLE;
	if (is(how, "blocked")) /* all signals, including SIGSYS */
		frame.context.mask = ~0UL;
	if (is(how, "garbage"))
		memset(&frame, 0xa5, sizeof(frame));
	if (is(how, "extended-state"))
		frame.context.registers.fpstate = (uintptr_t)other_stack + 1;
	if (is(how, "non-canonical"))
		frame.context.registers.rip = 0x8000000000000000;
	if (is(how, "segments"))
		frame.context.registers.cs = frame.context.registers.ss = 0x10;
	if (is(how, "code-32"))
		frame.context.registers.cs = CODE_32;
	if (is(how, "unmapped"))
		return_from((const struct frame *)0x1000);
	/* Continues with a call by the library's instruction, with the revealing signal blocked. */
	if (*words) {
		frame.context.registers.rip = (uintptr_t)find_gadget();
		frame.context.registers.rax = value(*words++);
		frame.context.registers.rdi = *words ? value(*words++) : 0;
		frame.context.registers.rsi = *words ? value(*words++) : 0;
		frame.context.registers.rdx = *words ? value(*words++) : 0;
		frame.context.registers.r10 = *words ? value(*words++) : 0;
	}
	return_from(&frame);
}

/* fs|gs ADDRESS: a segment base, and then calls and exit without the C library. */
static void attack_base(char **words)
{
	uint64_t address = value(words[1]);
	static const char text[] = "still here\n";

	if (is(words[0], "fs"))
		__asm__ volatile("wrfsbase %0" : : "r"(address));
	else
		__asm__ volatile("wrgsbase %0" : : "r"(address));
	for (int i = 0; i < 5; i++) /* traps, then patches */
		raw_call(1, (uint64_t[6]){1, (uintptr_t)text, i == 4 ? sizeof(text) - 1 : 0});
	raw_call(231, (uint64_t[6]){7});
}

/* BYTE: extended state filled with this byte. */
static void attack_xrstor(char **words)
{
	static unsigned char area[16384] __attribute__((aligned(64)));

	memset(area, (int)value(words[0]), sizeof(area));
	__asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
	puts("still here");
}

/* FLAGS: in system calls that trap, and in patched ones. */
static void attack_flags(char **words)
{
	__asm__ volatile("movl $5, %%ebx\n"
			 "1: pushq %0\n"
			 "popfq\n"
			 "movl $39, %%eax\n"
			 "syscall\n"
			 "decl %%ebx\n"
			 "jnz 1b\n"
			 "pushq $0x202\n"
			 "popfq"
			 :
			 : "r"(value(words[0]))
			 : "rax", "rcx", "rbx", "r11", "memory", "cc");
	puts("still here");
}

/* Removes access to all memory without a protection key of its own; #UD without such keys. */
static void attack_keys(char **words)
{
	__asm__ volatile("wrpkru" : : "a"(-1), "c"(0), "d"(0) : "memory");
	puts("still here");
}

/* ADDRESS: as the stack pointer in system calls, and in a fault. */
static void attack_stack(char **words)
{
	uint64_t address = value(words[0]);

	__asm__ volatile("movq %0, %%rsp\n"
			 "movl $5, %%ebx\n"
			 "1: movl $39, %%eax\n"
			 "syscall\n"
			 "decl %%ebx\n"
			 "jnz 1b\n"
			 "pushq $1\n"
			 "ud2"
			 :
			 : "r"(address)
			 : "memory");
}

/* FROM TO BYTE: overwrites the library's writable memory; then makes calls, and a fault. */
static void attack_overwrite(char **words)
{
	volatile unsigned char *at = (unsigned char *)value(words[0]);
	const volatile unsigned char *end = (unsigned char *)value(words[1]);
	unsigned char byte = (unsigned char)value(words[2]);

	while (at < end)
		*at++ = byte;
	for (int i = 0; i < 5; i++)
		raw_call(1, (uint64_t[6]){1, (uintptr_t) "survived\n", 9});
	*(volatile char *)0 = 1;
}

/* CONTROL FROM TO BYTE: overwrites a part of the memory shared by library and launcher, which
 * the pointer at CONTROL points to; then calls, which are traced there. */
static void attack_channel(char **words)
{
	volatile unsigned char *channel = *(unsigned char **)value(words[0]);

	uint64_t end = value(words[2]);
	unsigned char byte = (unsigned char)value(words[3]);

	for (uint64_t at = value(words[1]); at < end; at++)
		channel[at] = byte;
	for (int i = 0; i < 10000; i++)
		getppid();
}

/* Everything that the library's calls can unmap. */
static void attack_unmap(char **words)
{
	munmap(NULL, GUEST_END);
	printf("still here\n");
}

/* An endless storm: a handler that faults again when it returns, or within itself. */
static void handle_again(int number)
{
}

static void handle_and_fault(int number)
{
	*(volatile char *)0 = 1;
}

/* return|nest */
static void attack_storm(char **words)
{
	struct sigaction action = {.sa_flags = SA_NODEFER};

	action.sa_handler = is(words[0], "nest") ? handle_and_fault : handle_again;
	sigaction(SIGSEGV, &action, NULL);
	*(volatile char *)0 = 1;
}

/* Writes until an error, and reports it on stderr. */
static void attack_pipe(char **words)
{
	if (is(words[0], "ignore"))
		signal(SIGPIPE, SIG_IGN);
	while (write(1, "line\n", 5) == 5)
		;
	perror("write");
	exit(9);
}

/* Prints the results of reading a byte from stdin and writing one to stdout. */
static void attack_streams(char **words)
{
	char byte = 'x';

	errno = 0;
	fprintf(stderr, "read %zd", read(0, &byte, 1));
	fprintf(stderr, " (%m), ");
	fprintf(stderr, "write %zd", write(1, &byte, 1));
	fprintf(stderr, " (%m)\n");
	exit(9);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*function)(char **words);
	} attacks[] = {
		{"call", attack_call},		 {"report", attack_report},
		{"selector", attack_selector},	 {"selector-int80", attack_selector_int80},
		{"vsyscall", attack_vsyscall},	 {"code-32", attack_code_32},
		{"sigreturn", attack_sigreturn}, {"base", attack_base},
		{"xrstor", attack_xrstor},	 {"flags", attack_flags},
		{"keys", attack_keys},		 {"stack", attack_stack},
		{"overwrite", attack_overwrite}, {"unmap", attack_unmap},
		{"storm", attack_storm},	 {"pipe", attack_pipe},
		{"channel", attack_channel},	 {"streams", attack_streams},
	};

	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		if (!is(argv[1], attacks[i].name))
			continue;
		attacks[i].function(argv + 2);
		return 99; /* the attack did not end it */
	}
	return 98; /* unknown attack */
}
