/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "executable.h"

/* Where to search if PATH is not set: the default of Debian's shell. */
#define DEFAULT_PATH   "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* Linux, fs/exec.c and fs/binfmt_script.c: how many bytes of a file are examined (BINPRM_BUF_SIZE),
 * and how often a script's interpreter may itself be a script. */
#define LINE_SIZE      256
#define SCRIPTS_MAX    5
#define WORDS_INSERTED 2 /* by one script, at most */

/* Allocated memory, which is freed with the arguments. */
struct uk_loader_memory {
	struct uk_loader_memory *next;
};

static void *allocate(struct uk_start_arguments *arguments, size_t size)
{
	struct uk_loader_memory *memory = uk_malloc(sizeof(*memory) + size);

	if (!memory)
		return NULL;
	memory->next = arguments->memory;
	arguments->memory = memory;
	return memory + 1;
}

void uk_loader_free(struct uk_start_arguments *arguments)
{
	struct uk_loader_memory *memory;

	while ((memory = arguments->memory)) {
		arguments->memory = memory->next;
		uk_free(memory);
	}
}

static struct uk_file *open_at(const char *path, int *error)
{
	return uk_vfs_open_executable(&uk_paths_current()->current, path, 0, error);
}

static const char *search_path(const struct uk_start_arguments *arguments)
{
	for (int i = 0; i < arguments->envc; i++) {
		if (strncmp(arguments->envp[i], "PATH=", 5) == 0)
			return arguments->envp[i] + 5;
	}
	return DEFAULT_PATH;
}

/* execvp(3): if a file may not be executed, the search goes on in the next directory. *path is
 * uk_malloc()ed. */
static struct uk_file *search(const char *folders, const char *name, char **path, int *error)
{
	size_t name_size = strlen(name) + 1;
	struct uk_file *file = NULL;
	int worst = -ENOENT;

	*error = -ENOMEM;
	*path = uk_malloc(strlen(folders) + 1 + name_size);
	if (!*path)
		return NULL;
	for (;;) {
		const char *colon = strchr(folders, ':');
		size_t length = colon ? (size_t)(colon - folders) : strlen(folders);

		/* An empty entry is the current directory. */
		memcpy(*path, folders, length);
		if (length)
			(*path)[length++] = '/';
		memcpy(*path + length, name, name_size);
		file = open_at(*path, error);
		if (file)
			return file;
		if (*error != -ENOENT && *error != -ENOTDIR)
			worst = *error;
		if (!colon)
			break;
		folders = colon + 1;
	}
	uk_free(*path);
	*error = worst;
	return NULL;
}

static struct uk_file *find(struct uk_start_arguments *arguments, int *error)
{
	const char *name = arguments->executable ? arguments->executable : arguments->argv[0];
	struct uk_file *file = arguments->file;
	char *path;

	if (file) {
		*error = 0;
		arguments->execfn = name;
		return file;
	}
	if (strchr(name, '/') || !*name) {
		arguments->execfn = name;
		return open_at(name, error);
	}
	file = search(search_path(arguments), name, &path, error);
	if (file)
		arguments->execfn = path;
	return file;
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t';
}

static char *skip_blanks(char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

/*
 * Splits a `#!` line: *argument is NULL, or all that follows the interpreter. False if the line
 * names no interpreter, or its name does not end within the line.
 */
static bool parse_line(char *line, size_t length, char **interpreter, char **argument)
{
	char *end, *newline;

	line[length] = '\0';
	newline = strchr(line, '\n');
	if (newline)
		*newline = '\0';
	else
		line[LINE_SIZE - 1] = '\0'; /* as Linux, which reserves this byte for a newline */
	*interpreter = skip_blanks(line + 2);
	for (end = *interpreter; *end && !is_blank(*end); end++)
		;
	if (end == *interpreter || (!*end && !newline && length == LINE_SIZE))
		return false;
	*argument = skip_blanks(end);
	if (!**argument)
		*argument = NULL;
	*end = '\0';
	for (end = *argument ? *argument + strlen(*argument) : end; end[-1] && is_blank(end[-1]);)
		*--end = '\0';
	return true;
}

/* Changes argv to: interpreter, argument, path of the script, arguments of the script. */
static int insert_words(struct uk_start_arguments *arguments, const char *interpreter,
			const char *argument, const char *script)
{
	size_t count = (size_t)arguments->argc, inserted = argument ? 2 : 1;
	char **argv = allocate(arguments, (count + inserted) * sizeof(*argv)), **word = argv;

	if (!argv)
		return -ENOMEM;
	*word++ = (char *)interpreter;
	if (argument)
		*word++ = (char *)argument;
	*word++ = (char *)script;
	memcpy(word, arguments->argv + 1, (count - 1) * sizeof(*argv));
	arguments->argv = argv;
	arguments->argc = (int)(count + inserted);
	return 0;
}

/* If the file is a script, replaces it and *path by its interpreter. The names stay allocated,
 * because they become arguments of the program. */
static int follow_script(struct uk_start_arguments *arguments, struct executable *executable,
			 const char **path, bool *is_script)
{
	char *line = allocate(arguments, LINE_SIZE + 1), *interpreter, *argument;
	ssize_t length = line ? uk_file_read_kernel(executable->file, line, LINE_SIZE, 0) : -ENOMEM;
	int error;

	*is_script = length >= 2 && line[0] == '#' && line[1] == '!';
	if (!*is_script)
		return length < 0 ? (int)length : 0;
	if (arguments->is_hidden)
		return -ENOENT;
	if (!parse_line(line, (size_t)length, &interpreter, &argument)) {
		executable->problem = "its first line names no interpreter";
		return -ENOEXEC;
	}
	error = insert_words(arguments, interpreter, argument, *path);
	if (error)
		return error;
	uk_file_put(executable->file);
	executable->file = NULL;
	executable->name = *path = interpreter;
	executable->file = open_at(interpreter, &error);
	return executable->file ? 0 : error;
}

int executable_open(struct uk_start_arguments *arguments, struct executable *executable)
{
	bool is_script = true;
	const char *path;
	int error;

	executable->problem = NULL;
	executable->name = arguments->argv[0];
	executable->file = find(arguments, &error);
	if (!executable->file)
		return error;
	path = arguments->execfn;
	for (int scripts = 0; is_script; scripts++) {
		error = follow_script(arguments, executable, &path, &is_script);
		if (error)
			return error;
		if (is_script && scripts == SCRIPTS_MAX)
			return -ELOOP;
	}
	return 0;
}
