/* SPDX-License-Identifier: BSD-3-Clause */
/* stat, statm, status of the process: proc_pid_stat(5), proc_pid_statm(5), proc_pid_status(5). */
#include <uk/clock.h>
#include <uk/credentials.h>
#include <uk/fd_table.h>
#include <uk/mm.h>
#include <uk/paths.h>
#include <uk/process.h>
#include <uk/system.h>
#include <uk/thread.h>
#include <uk/tty.h>

#include "procfs.h"

#define NS_PER_TICK  (NS_PER_SECOND / UK_CLOCK_TICKS)
#define PF_RANDOMIZE 0x400000 /* linux/sched.h */

/* The address space, in bytes. */
struct memory {
	uintptr_t code_start, code_end, data_start, data_end, heap_start;
	size_t size, code, libraries; /* the last two: executable mappings */
	size_t data, stack;	      /* data: private and writable, without the stack */
	size_t resident, owned;
};

static void widen(uintptr_t *start, uintptr_t *end, const struct uk_vma *vma)
{
	if (!*start)
		*start = vma->start;
	*end = vma->end;
}

static void add_file(struct memory *memory, const struct uk_vma *vma, const struct uk_vma *program)
{
	bool is_program = program && vma->source.file == program->source.file;

	if (vma->prot & UK_PROT_EXEC)
		*(is_program ? &memory->code : &memory->libraries) += vma->end - vma->start;
	if (is_program && vma->prot & UK_PROT_EXEC)
		widen(&memory->code_start, &memory->code_end, vma);
	else if (is_program && vma->prot & UK_PROT_WRITE)
		widen(&memory->data_start, &memory->data_end, vma);
}

static void add_mapping(struct memory *memory, const struct uk_process *process,
			const struct uk_vma *vma)
{
	size_t size = vma->end - vma->start, owned;

	memory->size += size;
	memory->resident += uk_mm_resident_in(process->mm, vma->start, vma->end, &owned);
	memory->owned += owned;
	if (vma->kind == UK_VMA_STACK)
		memory->stack += size;
	else if (vma->prot & UK_PROT_WRITE && !(vma->flags & UK_VMA_SHARED))
		memory->data += size;
	if (vma->kind == UK_VMA_HEAP && !memory->heap_start)
		memory->heap_start = vma->start;
	if (vma->kind == UK_VMA_FILE)
		add_file(memory, vma, uk_mm_find(process->mm, process->program.entry));
}

static struct memory read_memory(const struct uk_process *process)
{
	struct memory memory = {0};
	const struct uk_vma *vma;

	for (uintptr_t at = 0; process->mm && (vma = uk_mm_next(process->mm, at)); at = vma->end) {
		if (vma->kind != UK_VMA_GUARD)
			add_mapping(&memory, process, vma);
	}
	return memory;
}

struct signals {
	u64 pending, of_process, blocked, ignored, caught;
	unsigned int waiting; /* number of pending signals */
};

static unsigned int count(const struct uk_signal_pending *pending)
{
	unsigned int waiting = 0;

	for (const struct uk_signal_entry *entry = pending->queue; entry; entry = entry->next)
		waiting++;
	return waiting;
}

static struct signals read_signals(const struct uk_thread *thread)
{
	struct uk_process *process = thread->process;
	struct signals signals = {.pending = thread->signal.pending.set,
				  .of_process = process->signal_pending.set,
				  .blocked = thread->signal.blocked};

	signals.waiting = count(&thread->signal.pending) + count(&process->signal_pending);
	for (int signal = 1; signal <= _NSIG; signal++) {
		struct kernel_sigaction action;

		if (process->is_zombie || uk_signal_action(process, signal, NULL, &action))
			continue;
		if (action.handler == SIG_IGN)
			signals.ignored |= uk_signal_bit(signal);
		else if (action.handler != SIG_DFL)
			signals.caught |= uk_signal_bit(signal);
	}
	return signals;
}

/* proc_pid_status(5). */
static const char *state_of(const struct uk_thread *thread)
{
	if (thread->process->stop_signal && thread->sched.state == UK_SCHED_WAITS)
		return "T (stopped)";
	switch (thread->sched.state) {
	case UK_SCHED_WAITS:
		return "S (sleeping)";
	case UK_SCHED_ENDED:
		return "Z (zombie)";
	default:
		return "R (running)";
	}
}

static pid_t parent_of(const struct uk_process *process)
{
	return process->parent ? process->parent->pid : 0;
}

SHOW(show_stat)
{
	const struct uk_process *process = thread->process;
	const struct uk_process_program *places = &process->program;
	const struct memory memory = read_memory(process);
	const struct signals signals = read_signals(thread);
	const struct uk_tty *terminal = process->terminal;
	u32 low = UINT32_MAX >> 1; /* Linux shows the first 31 signals here */

	/* pid to cmajflt: faults are not counted */
	text_print(text, "%d (%s) %c %d %d %d %u %d %d 0 0 0 0", thread->tid, thread->name,
		   *state_of(thread), parent_of(process), process->group, process->session,
		   terminal ? (u32)terminal->device : 0, terminal ? terminal->foreground : -1,
		   PF_RANDOMIZE);
	/* utime to starttime: time in the kernel is not separated, as in times(2) */
	text_print(text, " %lu 0 %lu 0 %d %d %u 0 %lu", uk_sched_process_ran(process) / NS_PER_TICK,
		   process->children_usage.ran / NS_PER_TICK, 20 + thread->nice, thread->nice,
		   process->thread_count, process->started / NS_PER_TICK);
	/* vsize to kstkeip */
	text_print(text, " %lu %lu %lu %lu %lu %lu 0 0", memory.size,
		   memory.resident >> UK_PAGE_SHIFT, process->limits[RLIMIT_RSS].rlim_cur,
		   memory.code_start, memory.code_end, places->stack);
	/* signal to cnswap, exit_signal to cguest_time */
	text_print(text, " %lu %lu %lu %lu 0 0 0 %d 0 0 0 0 0 0", signals.pending & low,
		   signals.blocked & low, signals.ignored & low, signals.caught & low,
		   thread == process->threads ? SIGCHLD : -1);
	/* start_data to exit_code */
	text_print(text, " %lu %lu %lu %lu %lu %lu %lu 0\n", memory.data_start, memory.data_end,
		   memory.heap_start, places->arguments, places->arguments_end, places->environment,
		   places->environment_end);
	return 0;
}

SHOW(show_statm)
{
	const struct memory memory = read_memory(thread->process);

	text_print(text, "%lu %lu %lu %lu 0 %lu 0\n", memory.size >> UK_PAGE_SHIFT,
		   memory.resident >> UK_PAGE_SHIFT,
		   (memory.resident - memory.owned) >> UK_PAGE_SHIFT, memory.code >> UK_PAGE_SHIFT,
		   (memory.data + memory.stack) >> UK_PAGE_SHIFT);
	return 0;
}

static void put_size(struct text *text, const char *name, size_t bytes)
{
	text_print(text, "%s:\t%8lu kB\n", name, bytes / 1024);
}

static void put_memory(struct text *text, const struct uk_process *process)
{
	const struct memory memory = read_memory(process);

	put_size(text, "VmPeak", memory.size);
	put_size(text, "VmSize", memory.size);
	put_size(text, "VmLck", 0);
	put_size(text, "VmPin", 0);
	put_size(text, "VmHWM", memory.resident);
	put_size(text, "VmRSS", memory.resident);
	put_size(text, "RssAnon", memory.owned);
	put_size(text, "RssFile", memory.resident - memory.owned);
	put_size(text, "RssShmem", 0);
	put_size(text, "VmData", memory.data);
	put_size(text, "VmStk", memory.stack);
	put_size(text, "VmExe", memory.code);
	put_size(text, "VmLib", memory.libraries);
	put_size(text, "VmSwap", 0);
}

static void put_signals(struct text *text, const struct uk_thread *thread)
{
	const struct signals signals = read_signals(thread);

	text_print(text, "SigQ:\t%u/%lu\n", signals.waiting,
		   thread->process->limits[RLIMIT_SIGPENDING].rlim_cur);
	text_print(text, "SigPnd:\t%016lx\nShdPnd:\t%016lx\n", signals.pending, signals.of_process);
	text_print(text, "SigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", signals.blocked,
		   signals.ignored, signals.caught);
}

static void put_users(struct text *text, const struct uk_process *process,
		      const struct uk_credentials *credentials)
{
	const struct uk_groups *groups = credentials->groups;

	text_print(text, "Uid:\t%u\t%u\t%u\t%u\n", credentials->uid, credentials->euid,
		   credentials->suid, credentials->fsuid);
	text_print(text, "Gid:\t%u\t%u\t%u\t%u\n", credentials->gid, credentials->egid,
		   credentials->sgid, credentials->fsgid);
	text_print(text, "FDSize:\t%u\nGroups:\t", process->files ? process->files->size : 0);
	for (u32 i = 0; groups && i < groups->count; i++)
		text_print(text, i ? " %u" : "%u", groups->of[i]);
	text_print(text, " \n");
}

SHOW(show_status)
{
	const struct uk_process *process = thread->process;
	const struct uk_credentials *credentials = thread->credentials;
	pid_t pid = process->pid, tid = thread->tid;

	text_print(text, "Name:\t");
	text_put_escaped(text, thread->name, "\n\\");
	text_print(text, "\n");
	if (process->paths)
		text_print(text, "Umask:\t%04o\n", process->paths->umask);
	text_print(text, "State:\t%s\n", state_of(thread));
	text_print(text, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", pid, tid,
		   parent_of(process));
	put_users(text, process, credentials);
	text_print(text, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", pid, tid,
		   process->group, process->session);
	if (process->mm)
		put_memory(text, process);
	text_print(text, "CoreDumping:\t0\nThreads:\t%u\n", process->thread_count);
	put_signals(text, thread);
	text_print(text, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n",
		   credentials->inheritable, credentials->permitted, credentials->effective);
	text_print(text, "CapBnd:\t%016lx\nCapAmb:\t%016lx\n", credentials->bounding,
		   credentials->ambient);
	text_print(text, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n",
		   process->no_new_privs);
	text_print(text, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n");
	text_print(text, "Mems_allowed:\t1\nMems_allowed_list:\t0\n");
	text_print(text, "voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
	return 0;
}
