/* Calls a program of tests/patch_sites repeatedly, and prints what it does to registers. */
#include <stdio.h>
#include <unistd.h>

#define ROUNDS 8

struct registers {
	unsigned long rax, rbx, rdx, rsi, rdi;
};

static void call(struct registers *registers)
{
	/* A separate stack protects the red zone of this function. */
	__asm__ volatile("subq $256, %%rsp\n\tcall program\n\taddq $256, %%rsp\n\tcld"
			 : "+a"(registers->rax), "+b"(registers->rbx), "+d"(registers->rdx),
			   "+S"(registers->rsi), "+D"(registers->rdi)
			 :
			 : "rcx", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
			   "memory", "cc");
}

int main(void)
{
	/* Numbers are 7 more, 1000 more, or the program's own: none has an effect. */
	static const unsigned long numbers[] = {493, 100000, -9UL};
	unsigned long pid = (unsigned long)getpid();

	for (unsigned int round = 0; round < ROUNDS * 3; round++) {
		struct registers registers = {.rdi = numbers[round / ROUNDS]};

		call(&registers);
		printf("%ld %ld %ld %ld %ld\n", registers.rax == pid ? 0 : registers.rax,
		       registers.rbx, registers.rdx, registers.rsi, registers.rdi);
	}
	return 0;
}
