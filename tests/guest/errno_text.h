/* errno as text, identical for every libc. */
#include <errno.h>
#include <stdio.h>

static inline const char *errno_text(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "errno %d", errno);
	return text;
}
