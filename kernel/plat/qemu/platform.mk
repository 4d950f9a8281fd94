# A virtual machine: the kernel is in the last 2 GiB (psABI 3.5.1).
UK_PLATFORM_CFLAGS := -mcmodel=kernel -fno-pic -fno-pie
