#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
	struct winsize size = {0};
	struct termios mode;
	char line[64];

	printf("tty %d %d %d\n", isatty(0), isatty(1), isatty(2));
	if (tcgetattr(0, &mode) || ioctl(1, TIOCGWINSZ, &size))
		return 1;
	if (!fgets(line, sizeof(line), stdin))
		return 2;
	printf("got %sdone\n", line);
	return 0;
}
