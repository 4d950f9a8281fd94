#include <stdio.h>

int main(void)
{
	while (puts("line") >= 0)
		;
	return 1;
}
