/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/command_line.h>
#include <uk/errno.h>

static bool is_space(char character)
{
	return character == ' ' || (character >= '\t' && character <= '\r');
}

/* Unquotes one word from *from to *to and terminates it; the writer never overtakes the reader. */
static int take_word(char **from, char **to)
{
	char *in = *from, *out = *to;
	char quote = 0;
	bool last;

	for (; *in && (quote || !is_space(*in)); in++) {
		bool escapes = quote ? quote == '"' && (in[1] == '"' || in[1] == '\\') : true;

		if (*in == '\\' && escapes && quote != '\'') {
			if (!*++in)
				return -EINVAL;
			*out++ = *in;
		} else if (quote && *in == quote) {
			quote = 0;
		} else if (!quote && (*in == '\'' || *in == '"')) {
			quote = *in;
		} else {
			*out++ = *in;
		}
	}
	if (quote)
		return -EINVAL;
	last = !*in;
	*out++ = '\0';
	*from = last ? in : in + 1;
	*to = out;
	return 0;
}

int uk_command_line_split(char *line, char **words, size_t maximum)
{
	char *out = line;
	size_t count = 0;

	for (;;) {
		while (is_space(*line))
			line++;
		if (!*line)
			return (int)count;
		if (count == maximum)
			return -E2BIG;
		words[count++] = out;
		if (take_word(&line, &out))
			return -EINVAL;
	}
}
