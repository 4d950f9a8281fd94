/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs all checks on a file in memory, for the test that compares them with the host's. */
#include <stdlib.h>
#include <string.h>
#include <uk/elf_check.h>

enum uk_elf_reason check_image(const char *image, size_t size, u64 memory_limit,
			       struct uk_elf_facts *facts);
enum uk_elf_reason check_image(const char *image, size_t size, u64 memory_limit,
			       struct uk_elf_facts *facts)
{
	enum uk_elf_reason reason;
	struct elf_segment *segments;
	size_t table;

	reason = uk_elf_check_header(image, MIN(size, sizeof(struct elf_header)), size, facts);
	if (reason != UK_ELF_OK)
		return reason;
	table = facts->phnum * sizeof(*segments);
	segments = malloc(table);
	memcpy(segments, image + facts->phoff, table);
	reason = uk_elf_check_segments(segments, size, memory_limit, facts);
	free(segments);
	if (reason == UK_ELF_OK && facts->interpreter_size &&
	    image[facts->interpreter_offset + facts->interpreter_size - 1] != '\0')
		return UK_ELF_BAD_INTERPRETER;
	return reason;
}
