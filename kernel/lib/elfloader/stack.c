/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The initial stack: psABI 3.4.1, figure 3.9 and table 3.12. From the top: a zero word, the
 * strings, the platform's name, 16 random bytes, padding; then auxv, envp, argv, argc at the stack
 * pointer.
 */
#include <uk/cpu_features.h>
#include <uk/credentials.h>
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/loader.h>
#include <uk/mm.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/random.h>
#include <uk/string.h>
#include <uk/system.h>
#include <uk/uaccess.h>
#include <uk/vdso.h>

#define STACK_SIZE	   (8UL << 20)	      /* Linux's default RLIMIT_STACK */
#define STACK_FIRST	   (2 * UK_PAGE_SIZE) /* what a C library's start code touches */
#define ARGUMENTS_LEAST	   (128UL << 10)      /* ARG_MAX */
#define GUARD_SIZE	   (1UL << 20)	      /* stack_guard_gap */
#define STACK_RANDOM_PAGES (1UL << 22)	      /* arch/x86: 22 bits of pages */
/* Mappings start below the stack's lowest place, at a random distance. */
#define MAP_RANDOM_PAGES   (1UL << 22)

/* Auxiliary vector types, psABI table 3.12 and Linux uapi/linux/auxvec.h. */
enum auxiliary {
	AT_NULL = 0,
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	AT_PAGESZ = 6,
	AT_BASE = 7,
	AT_FLAGS = 8,
	AT_ENTRY = 9,
	AT_UID = 11,
	AT_EUID = 12,
	AT_GID = 13,
	AT_EGID = 14,
	AT_PLATFORM = 15,
	AT_HWCAP = 16,
	AT_CLKTCK = 17,
	AT_SECURE = 23,
	AT_RANDOM = 25,
	AT_HWCAP2 = 26,
	AT_EXECFN = 31,
	AT_SYSINFO_EHDR = 33,
	AT_MINSIGSTKSZ = 51,
};

#define AUXILIARY_PAIRS 21
#define RANDOM_SIZE	16

/* A signal frame without its extended state (uapi/asm/sigcontext.h): ucontext, siginfo, return
 * address, alignment and red zone, as the kernel's sigaltstack_min_size. */
#define SIGNAL_FRAME_SIZE    440
#define SIGNAL_FRAME_PADDING (63 + 8 + 128)

struct writer {
	uintptr_t position; /* grows down */
	int error;
};

static uintptr_t push(struct writer *writer, const void *data, size_t size)
{
	writer->position -= size;
	if (copy_to_user((void *)writer->position, data, size))
		writer->error = -ENOMEM;
	return writer->position;
}

static uintptr_t push_string(struct writer *writer, const char *string)
{
	return push(writer, string, strlen(string) + 1);
}

static void push_word(struct writer *writer, u64 word)
{
	push(writer, &word, sizeof(word));
}

/* Pushes the strings, last first, without recording their addresses: push_pointers() walks them
 * again. */
static void push_strings(struct writer *writer, char **strings, int count)
{
	for (int i = count; i-- > 0;)
		push_string(writer, strings[i]);
}

/* Pushes the addresses of strings that are stored one after the other from first on, and a null. */
static void push_pointers(struct writer *writer, char **strings, int count, uintptr_t first)
{
	for (int i = 0; i < count; i++)
		first += strlen(strings[i]) + 1;
	push_word(writer, 0);
	for (int i = count; i-- > 0;) {
		first -= strlen(strings[i]) + 1;
		push_word(writer, first);
	}
}

static size_t strings_size(char **strings, int count)
{
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += strlen(strings[i]) + 1 + sizeof(u64);
	return size;
}

/* execve(2): a quarter of the stack's limit, at least 128 KiB; here no more than of the real
 * stack. */
size_t uk_loader_arguments_limit(void)
{
	u64 limit = uk_process_current()->limits[RLIMIT_STACK].rlim_cur;

	return MAX(MIN(limit, STACK_SIZE) / 4, ARGUMENTS_LEAST);
}

bool uk_loader_arguments_fit(const struct uk_start_arguments *arguments)
{
	return strings_size(arguments->argv, arguments->argc) +
		       strings_size(arguments->envp, arguments->envc) <=
	       uk_loader_arguments_limit();
}

int uk_elf_map_stack(struct uk_program *program)
{
	u32 prot = UK_PROT_READ | UK_PROT_WRITE |
		   (program->main.facts.executable_stack ? UK_PROT_EXEC : 0);
	uintptr_t limit = UK_GUEST_END - (STACK_RANDOM_PAGES << UK_PAGE_SHIFT);
	uintptr_t bottom, mapped;
	int error;

	program->stack = UK_GUEST_END - ((uk_random_u64() % STACK_RANDOM_PAGES) << UK_PAGE_SHIFT);
	bottom = program->stack - STACK_SIZE;
	uk_mm_set_mmap_top(uk_mm_current(),
			   limit - STACK_SIZE - GUARD_SIZE -
				   ((uk_random_u64() % MAP_RANDOM_PAGES) << UK_PAGE_SHIFT));
	/* Reserved without a commitment of memory: the stack grows by faults, as on Linux. */
	error = uk_mm_map(uk_mm_current(), bottom, STACK_SIZE, prot,
			  UK_VMA_FIXED | UK_VMA_NORESERVE, UK_VMA_STACK, NULL, &mapped);
	if (error)
		return error;
	return uk_mm_map(uk_mm_current(), bottom - GUARD_SIZE, GUARD_SIZE, UK_PROT_NONE,
			 UK_VMA_FIXED, UK_VMA_GUARD, NULL, &mapped);
}

int uk_elf_build_stack(struct uk_program *program, const struct uk_start_arguments *arguments)
{
	struct uk_process_program *place = &uk_process_current()->program;
	const struct uk_elf_object *main = &program->main;
	const struct uk_cpu_features *cpu = uk_cpu_features();
	const struct uk_credentials *credentials = uk_credentials_current();
	u8 random[RANDOM_SIZE];
	struct writer writer = {.position = program->stack};
	uintptr_t platform, execfn, envp, argv, auxv;
	size_t words;

	if (!uk_loader_arguments_fit(arguments))
		return -E2BIG;
	uk_mm_populate(uk_mm_current(), program->stack - STACK_FIRST, STACK_FIRST, UK_PROT_WRITE);
	ukplat_space_sync();
	push_word(&writer, 0);
	execfn = push_string(&writer, arguments->execfn);
	push_strings(&writer, arguments->envp, arguments->envc);
	envp = writer.position;
	push_strings(&writer, arguments->argv, arguments->argc);
	argv = writer.position;
	platform = push_string(&writer, "x86_64");
	uk_random_bytes(random, sizeof(random));
	program->random = push(&writer, random, sizeof(random));

	const u64 auxiliary[AUXILIARY_PAIRS][2] = {
		{AT_SYSINFO_EHDR, uk_vdso_map()},
		{AT_HWCAP, cpu->hwcap},
		{AT_PAGESZ, UK_PAGE_SIZE},
		{AT_CLKTCK, UK_CLOCK_TICKS},
		{AT_PHDR, uk_elf_headers_address(main)},
		{AT_PHENT, main->facts.phentsize},
		{AT_PHNUM, main->facts.phnum},
		{AT_BASE, program->interpreter.base},
		{AT_FLAGS, 0},
		{AT_ENTRY, main->base + main->facts.entry},
		{AT_UID, credentials->uid},
		{AT_EUID, credentials->euid},
		{AT_GID, credentials->gid},
		{AT_EGID, credentials->egid},
		{AT_SECURE, uk_process_current()->is_secure},
		{AT_RANDOM, program->random},
		{AT_HWCAP2, cpu->hwcap2},
		{AT_EXECFN, execfn},
		{AT_PLATFORM, platform},
		{AT_MINSIGSTKSZ, SIGNAL_FRAME_SIZE + SIGNAL_FRAME_PADDING + cpu->xsave_size},
		{AT_NULL, 0},
	};

	/* The stack pointer is aligned to 16 bytes at entry. */
	words = 1 + (size_t)arguments->argc + 1 + (size_t)arguments->envc + 1;
	writer.position = ALIGN_DOWN(writer.position, 16) - (words % 2) * sizeof(u64);
	auxv = push(&writer, auxiliary, sizeof(auxiliary));
	push_pointers(&writer, arguments->envp, arguments->envc, envp);
	push_pointers(&writer, arguments->argv, arguments->argc, argv);
	push_word(&writer, (u64)arguments->argc);
	program->stack = writer.position;
	*place = (struct uk_process_program){
		.executable = place->executable,
		.loaded = place->loaded,
		.arguments = argv,
		.arguments_end = envp,
		.environment = envp,
		.environment_end = execfn,
		.auxiliary = auxv,
		.auxiliary_end = auxv + sizeof(auxiliary),
		.entry = main->base + main->facts.entry,
		.stack = program->stack,
	};
	return writer.error;
}

void uk_elf_start(const struct uk_program *program)
{
	const struct uk_elf_object *main = &program->main;
	const struct uk_elf_facts *facts = &main->facts;

	uk_pr_debug("Execute image...\n");
	uk_pr_debug("%s: image:          0x%lx - 0x%lx\n", main->name, main->base + facts->low,
		    main->base + facts->high);
	uk_pr_debug("%s: start:          0x%lx\n", main->name, main->base + facts->low);
	uk_pr_debug("%s: entry:          0x%lx\n", main->name, main->base + facts->entry);
	if (program->interpreter.file)
		uk_pr_debug("%s: interpreter:    %s at 0x%lx\n", main->name,
			    program->interpreter.name, program->interpreter.base);
	uk_pr_debug("%s: ehdr_phoff:     0x%lx\n", main->name, facts->phoff);
	uk_pr_debug("%s: ehdr_phnum:     %u\n", main->name, facts->phnum);
	uk_pr_debug("%s: ehdr_phentsize: 0x%x\n", main->name, facts->phentsize);
	uk_pr_debug("%s: rnd16 at 0x%lx\n", main->name, program->random);
	uk_pr_debug("%s: Jump to program entry point at 0x%lx...\n", main->name, program->entry);
	ukplat_start_program(program->entry, program->stack);
}
