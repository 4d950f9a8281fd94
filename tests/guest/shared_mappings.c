/* Mappings of files in the directory in the first argument, together with read(2) and write(2). */
#include "errno_text.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 10000
#define BIG  (1 << 20)

static void try(const char *what, long result)
{
	if (result == -1)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, result);
}

static char *map(int fd, size_t size, int protection, int flags)
{
	char *address = mmap(NULL, size, protection, flags, fd, 0);

	try("mmap", address == MAP_FAILED ? -1 : 0);
	return address;
}

static int make(const char *name, long size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	try("ftruncate", ftruncate(fd, size));
	return fd;
}

static void beside_calls(void)
{
	char buffer[64] = "";
	int fd = make("map", SIZE), reader = open("map", O_RDONLY);
	char *shared = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED);
	char *private = map(fd, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	char *readable = map(reader, SIZE, PROT_READ, MAP_SHARED);

	strcpy(shared + 100, "through the mapping");
	try("pread", pread(reader, buffer, 40, 100));
	printf("%s\n", buffer);
	try("pwrite", pwrite(fd, "by write", 9, 5000));
	printf("%s, %s\n", shared + 5000, readable + 5000);
	try("msync", msync(shared, SIZE, MS_SYNC));
	printf("private sees: %s\n", private + 100);
	strcpy(private + 200, "private");
	try("pread", pread(fd, buffer, 8, 200));
	printf("%d bytes there\n", (int)strnlen(buffer, 8));
	close(fd);
	strcpy(shared + 400, "after close");
	printf("%s\n", readable + 400);
	memset(buffer, 0, sizeof(buffer));
	try("pread", pread(reader, buffer, 12, 400));
	printf("%s\n", buffer);
	try("truncate", truncate("map", 450));
	printf("behind the end: %d\n", readable[500]);
	try("munmap", munmap(shared, SIZE));
	try("write to one mapped for reading",
	    (long)mmap(NULL, SIZE, PROT_WRITE, MAP_SHARED, reader, 0));
	close(reader);
}

static void clusters(void)
{
	int fd = make("big", 0);
	static char data[BIG];
	char *mapped;
	long sum = 0;

	for (long i = 0; i < BIG; i++)
		data[i] = (char)(i * 13 + i / 4096);
	try("write", write(fd, data, BIG - 100));
	mapped = map(fd, BIG, PROT_READ, MAP_PRIVATE);
	for (long i = BIG - 101; i >= 0; i -= 3001)
		sum += mapped[i] == data[i];
	printf("%ld right, then %d\n", sum, mapped[BIG - 50]);
	/* A buffer that is the file itself, not yet loaded. */
	munmap(mapped, BIG);
	mapped = map(fd, BIG, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	try("read into a mapping", pread(fd, mapped + 5, BIG / 2, 77));
	printf("same: %d\n", memcmp(mapped + 5, data + 77, BIG / 2) == 0);
	try("write from a mapping", pwrite(fd, mapped + BIG / 2 + 4096, 100000, 0));
	try("read back", pread(fd, data, 100000, 0));
	printf("same: %d\n", memcmp(mapped + BIG / 2 + 4096, data, 100000) == 0);
	close(fd);
}

int main(int argc, char **argv)
{
	char *mapped;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || chdir(argv[1]) == -1)
		return 1;
	beside_calls();
	clusters();
	fd = make("unmapped", 5000);
	mapped = map(fd, 5000, PROT_READ | PROT_WRITE, MAP_SHARED);
	close(fd);
	strcpy(mapped + 4980, "before munmap");
	try("munmap", munmap(mapped, 5000));
	/* This one is neither synchronized nor unmapped before the end. */
	fd = make("left", 5000);
	mapped = map(fd, 5000, PROT_READ | PROT_WRITE, MAP_SHARED);
	close(fd);
	strcpy(mapped + 4980, "before exit");
	return 0;
}
