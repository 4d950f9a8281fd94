# A Linux process: linked far above the program, so all addresses are relative to the instruction.
UK_PLATFORM_CFLAGS := -fpie -include $(UK_KERNEL)/plat/linux/hidden.h
