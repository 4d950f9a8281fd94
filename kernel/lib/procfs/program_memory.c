/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that show the program's own memory with its current contents, because a program may
 * overwrite it to change what ps shows. */
#include <uk/mm.h>
#include <uk/process.h>

#include "procfs.h"

/* A part is at most a page; its number is the number of bytes before it. */
static u64 show_memory(struct uk_mm *mm, struct text *text, uintptr_t start, uintptr_t end,
		       u64 part)
{
	size_t size = MIN(end - start - part, UK_PAGE_SIZE), missing;
	char *room = text_room(text, UK_PAGE_SIZE);

	/* mm NULL: a zombie. */
	if (!room || !mm || start + part >= end)
		return 0;
	missing = uk_mm_read(mm, room, start + part, size);
	text->length += size - missing;
	return missing || start + part + size == end ? 0 : part + size;
}

SHOW(show_arguments)
{
	const struct uk_process *process = thread->process;

	return show_memory(process->mm, text, process->program.arguments,
			   process->program.arguments_end, part);
}

SHOW(show_environment)
{
	const struct uk_process *process = thread->process;

	return show_memory(process->mm, text, process->program.environment,
			   process->program.environment_end, part);
}

SHOW(show_auxiliary)
{
	const struct uk_process *process = thread->process;

	return show_memory(process->mm, text, process->program.auxiliary,
			   process->program.auxiliary_end, part);
}
