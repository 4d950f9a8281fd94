/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands by which the host accesses the program's memory and asks for facts about it. */
#include <uk/channel.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#include "end.h"

/* Formats mappings like /proc/self/maps, from an address on. The text ends with the last whole line
 * that fits. */
static s64 put_maps(uintptr_t at, char *text, size_t size)
{
	size_t length = 0;
	const struct uk_vma *vma;

	for (; (vma = uk_mm_next(uk_mm_current(), at)); at = vma->end) {
		if (size - length < UK_PROCESS_MAPPING_MAX)
			break;
		length += uk_process_mapping_line(vma, text + length);
	}
	return (s64)length;
}

static s64 put_files(char *text, size_t size)
{
	size_t length = 0;

	for (int fd = 0; fd < (int)uk_fd_table_current()->size; fd++) {
		struct uk_file *file = uk_fd_get_any(fd);
		char name[256];
		int part;

		if (!file)
			continue;
		if (uk_file_name(file, name, sizeof(name)) < 0)
			name[0] = '\0';
		part = uk_snprintf(text + length, size - length, "%d %d %s\n", fd, (int)file->flags,
				   name);
		uk_file_put(file);
		if (length + (size_t)part >= size)
			break;
		length += (size_t)part;
	}
	return (s64)length;
}

void uk_channel_do(struct uk_channel_control *control)
{
	void *data = uk_channel_data();
	void __user *guest = (void *)control->address;
	size_t length = MIN(control->length, (u64)UK_CHANNEL_DATA_SIZE);

	switch (control->command) {
	case UK_CHANNEL_COMMAND_READ:
		control->result = (s64)(length - copy_from_user_partial(data, guest, length));
		break;
	case UK_CHANNEL_COMMAND_READ_STRING:
		control->result = strncpy_from_user(data, guest, length);
		break;
	case UK_CHANNEL_COMMAND_WRITE:
		control->result = (s64)(length - copy_to_user_partial(guest, data, length));
		break;
	case UK_CHANNEL_COMMAND_MAPS:
		control->result = put_maps(control->address, data, UK_CHANNEL_DATA_SIZE);
		break;
	case UK_CHANNEL_COMMAND_FILES:
		control->result = put_files(data, UK_CHANNEL_DATA_SIZE);
		break;
	case UK_CHANNEL_COMMAND_THREAD:
		control->result = channel_put_thread(control->address);
		break;
	case UK_CHANNEL_COMMAND_RESIDENT:
		control->result =
			channel_put_resident(control->address, control->address + control->length);
		break;
	default:
		control->result = -ENOSYS;
	}
}
