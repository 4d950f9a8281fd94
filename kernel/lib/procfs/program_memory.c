/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that show the program's own memory with its current contents, because a program may
 * overwrite it to change what ps shows. */
#include <uk/process.h>
#include <uk/uaccess.h>

#include "procfs.h"

/* A part is at most a page; its number is the number of bytes before it. */
static u64 show_memory(struct text *text, uintptr_t start, uintptr_t end, u64 part)
{
	size_t size = MIN(end - start - part, UK_PAGE_SIZE), missing;
	char *room = text_room(text, UK_PAGE_SIZE);

	if (!room || start + part >= end)
		return 0;
	missing = copy_from_user_partial(room, (const void __user *)(start + part), size);
	text->length += size - missing;
	return missing || start + part + size == end ? 0 : part + size;
}

SHOW(show_arguments)
{
	return show_memory(text, uk_process_current()->program.arguments,
			   uk_process_current()->program.arguments_end, part);
}

SHOW(show_environment)
{
	return show_memory(text, uk_process_current()->program.environment,
			   uk_process_current()->program.environment_end, part);
}

SHOW(show_auxiliary)
{
	return show_memory(text, uk_process_current()->program.auxiliary,
			   uk_process_current()->program.auxiliary_end, part);
}
