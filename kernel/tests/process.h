/* SPDX-License-Identifier: BSD-3-Clause */
/* The processor, process and thread in which the code of a hosted test runs. The test includes this
 * file once. */
#ifndef TESTS_PROCESS_H
#define TESTS_PROCESS_H

#include <stdlib.h>
#include <uk/cpu.h>
#include <uk/credentials.h>
#include <uk/fd_table.h>
#include <uk/mm.h>
#include <uk/paths.h>
#include <uk/process.h>

#define CHECK_FILES_AT_START 64

static struct uk_process check_process;
static struct uk_credentials check_credentials = {
	.references = 1,
	.permitted = CAP_ALL,
	.effective = CAP_ALL,
	.bounding = CAP_ALL,
};
static struct uk_thread check_thread = {
	.tid = 1,
	.process = &check_process,
	.credentials = &check_credentials,
};
static struct uk_paths check_paths = {.umask = 022, .references = 1};
static struct uk_mm check_mm = {.references = 1};
static struct uk_fd_table check_files = {.size = CHECK_FILES_AT_START, .references = 1};
static struct uk_signal_actions check_signal_actions = {.references = 1};
static struct uk_process check_process = {
	.pid = 1,
	.threads = &check_thread,
	.thread_count = 1,
	.mm = &check_mm,
	.files = &check_files,
	.paths = &check_paths,
	.signal_actions = &check_signal_actions,
	.limits = {[RLIMIT_NOFILE] = {UK_FD_SOFT_LIMIT, UK_FD_HARD_LIMIT}},
};
struct uk_cpu uk_cpu = {.thread = &check_thread, .process = &check_process};

/* On the heap, because the table grows. */
static void __attribute__((constructor)) check_allocate_files(void)
{
	check_files.entries = calloc(CHECK_FILES_AT_START, sizeof(*check_files.entries));
}

#endif
