/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/string.h>

#include "cpio.h"

#define MAGIC	      "070701"
#define MAGIC_CRC     "070702" /* the same with a checksum of the data, which Linux ignores too */
#define MAGIC_LENGTH  6
#define FIELD_LENGTH  8 /* hexadecimal digits */
#define FIELD_COUNT   13
#define HEADER_LENGTH (MAGIC_LENGTH + FIELD_COUNT * FIELD_LENGTH)
#define ALIGNMENT     4
#define NAME_MAXIMUM  4096 /* PATH_MAX, including the terminator */
#define TRAILER	      "TRAILER!!!"
#define WINDOW_STEP   1024 /* bytes; the headers of several small files */
#define NAME_STEP     256  /* most names are shorter, but packers pad them */

_Static_assert(CPIO_WINDOW_SIZE >= HEADER_LENGTH + NAME_MAXIMUM, "a header does not fit");

enum field {
	INODE,
	MODE,
	UID,
	GID,
	LINKS,
	MODIFIED,
	SIZE,
	DEVICE_MAJOR,
	DEVICE_MINOR,
	RDEV_MAJOR,
	RDEV_MINOR,
	NAME_SIZE,
	CHECKSUM,
};

bool cpio_is_archive(const void *data, size_t size)
{
	return size >= MAGIC_LENGTH && (memcmp(data, MAGIC, MAGIC_LENGTH) == 0 ||
					memcmp(data, MAGIC_CRC, MAGIC_LENGTH) == 0);
}

#define EVERY(byte) ((byte)*0x0101010101010101UL)

/* Reads eight digits at once, one in each byte of a word; false if one is not hexadecimal. */
static bool read_field(const char *text, u32 *value)
{
	u64 digits, low, not_digit, not_letter;

	memcpy(&digits, text, FIELD_LENGTH);
	/* Bit 7 of each byte becomes the answer, and bytes below it cannot carry into it. */
	low = digits & EVERY(0x7f);
	not_digit = (low ^ EVERY('0')) + EVERY(0x80 - 10);
	low = (low | EVERY(0x20)) ^ EVERY(0x60); /* 'a' and 'A': 1 */
	not_letter = (low + EVERY(0x80 - 7)) | ~(low + EVERY(0x80 - 1));
	if (((not_digit & not_letter) | digits) & EVERY(0x80))
		return false;
	digits = (digits & EVERY(0x0f)) + (digits >> 6 & EVERY(1)) * 9;
	digits = (digits << 4 | digits >> 8) & 0x00ff00ff00ff00ffUL;
	digits = (digits << 8 | digits >> 16) & 0x0000ffff0000ffffUL;
	*value = (u32)(digits << 16 | digits >> 32);
	return true;
}

/* Strips "./" at the start and slashes at the end. Returns what is wrong with the name, or NULL. */
static const char *clean_name(struct cpio_entry *entry)
{
	const char *name = entry->name, *end = name + entry->name_length;

	if (*name == '/')
		return "the name is absolute";
	while (name[0] == '.' && (name[1] == '/' || name + 1 == end)) {
		for (name++; name < end && *name == '/'; name++)
			;
	}
	while (end > name && end[-1] == '/')
		end--;
	entry->name = name;
	entry->name_length = (u32)(end - name);
	for (const char *part = name; part < end;) {
		const char *slash = memchr(part, '/', (size_t)(end - part));
		size_t length = (size_t)((slash ? slash : end) - part);

		if (length == 2 && part[0] == '.' && part[1] == '.')
			return "the name contains ..";
		if (length > 255)
			return "the name is too long";
		part += length + 1;
	}
	return NULL;
}

static int fail(struct cpio *cpio, const char *problem)
{
	cpio->problem = problem;
	return -1;
}

/* Another archive may follow after the padding of one. False at the end. */
static bool skip_padding(struct cpio *cpio)
{
	while (cpio->offset < cpio->size && cpio->data[cpio->offset] == '\0')
		cpio->offset++;
	return cpio->offset < cpio->size;
}

static bool in_window(const struct cpio *cpio, size_t offset, size_t size)
{
	size_t inner = offset - cpio->window_start;

	return inner <= cpio->window_size && size <= cpio->window_size - inner;
}

/* The bytes of the archive from offset on; at most CPIO_WINDOW_SIZE, and not past its end. */
static const char *bytes_at(struct cpio *cpio, size_t offset, size_t size)
{
	size_t wanted = MIN(MAX(size, (size_t)WINDOW_STEP), cpio->size - offset);

	if (cpio->read && !in_window(cpio, offset, size)) {
		cpio->window_start = offset;
		cpio->window_size = wanted;
		if (!cpio->read(cpio->window, wanted, offset))
			cpio->read = NULL;
	}
	return cpio->read ? cpio->window + (offset - cpio->window_start) : cpio->data + offset;
}

static int read_entry(struct cpio *cpio, struct cpio_entry *entry, bool *trailer)
{
	size_t left = cpio->size - cpio->offset, data_at;
	u32 fields[FIELD_COUNT], name_size, name_part;
	const char *header;

	if (left < HEADER_LENGTH)
		return fail(cpio, "it ends within a header");
	header = bytes_at(cpio, cpio->offset, HEADER_LENGTH);
	if (!cpio_is_archive(header, left))
		return fail(cpio, "not a cpio header");
	for (int i = 0; i < FIELD_COUNT; i++) {
		if (!read_field(header + MAGIC_LENGTH + i * FIELD_LENGTH, &fields[i]))
			return fail(cpio, "a header field is not a hexadecimal number");
	}
	name_size = fields[NAME_SIZE];
	if (name_size < 1 || name_size > NAME_MAXIMUM)
		return fail(cpio, "the length of the name is invalid");
	if (name_size > left - HEADER_LENGTH)
		return fail(cpio, "it ends within a name");
	name_part = MIN(name_size, (u32)NAME_STEP);
	header = bytes_at(cpio, cpio->offset, HEADER_LENGTH + name_part);
	if (!memchr(header + HEADER_LENGTH, '\0', name_part))
		header = bytes_at(cpio, cpio->offset, HEADER_LENGTH + name_size);
	*entry = (struct cpio_entry){
		.name = header + HEADER_LENGTH,
		.name_length = name_size - 1,
		.inode = fields[INODE],
		.mode = fields[MODE],
		.uid = fields[UID],
		.gid = fields[GID],
		.links = fields[LINKS],
		.modified = fields[MODIFIED],
		.device_major = fields[DEVICE_MAJOR],
		.device_minor = fields[DEVICE_MINOR],
		.rdev_major = fields[RDEV_MAJOR],
		.rdev_minor = fields[RDEV_MINOR],
		.size = fields[SIZE],
	};
	/* Packers may pad a name with NUL bytes to align the data. */
	entry->name_length = (u32)strnlen(entry->name, name_size);
	if (entry->name_length == name_size)
		return fail(cpio, "a name is not terminated");
	data_at = ALIGN_UP(cpio->offset + HEADER_LENGTH + name_size, ALIGNMENT);
	if (data_at > cpio->size || entry->size > cpio->size - data_at)
		return fail(cpio, "it ends within a file");
	entry->data = entry->text = cpio->data + data_at;
	if (cpio->read && in_window(cpio, data_at, entry->size))
		entry->text = cpio->window + (data_at - cpio->window_start);
	cpio->offset = MIN(ALIGN_UP(data_at + entry->size, ALIGNMENT), cpio->size);
	*trailer = strcmp(entry->name, TRAILER) == 0;
	if (!*trailer)
		cpio->problem = clean_name(entry);
	return cpio->problem ? -1 : 1;
}

int cpio_next(struct cpio *cpio, struct cpio_entry *entry)
{
	bool trailer = false;
	int result;

	do {
		if ((trailer || cpio->offset == 0) && !skip_padding(cpio))
			return 0;
		*entry = (struct cpio_entry){0};
		cpio->problem = NULL;
		if (cpio->offset == cpio->size)
			return fail(cpio, "it ends without a trailer");
		result = read_entry(cpio, entry, &trailer);
	} while (result > 0 && trailer);
	return result;
}
