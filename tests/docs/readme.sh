# Creates the files that the commands in README.md and docs/index.md use.
gcc -static-pie -o hello "$CHECKOUT/examples/helloworld/helloworld.c"
mkdir -p rootfs/bin
cp hello tool
cp hello rootfs/bin/app
echo > input
cat > my_calls.py <<END
from unishim.handlers import syscall_wrap

@syscall_wrap
def write(k, call, fd, buf, count):
    return call()
END
cp -r "$CHECKOUT/examples/getcpu" my-calls
rm my-calls/getcpu.c
sed -i 's/getcpu-3/vhangup-0/; s/getcpu/vhangup/g; s/GETCPU/VHANGUP/g' my-calls/*
printf '#include <uk/syscall.h>\nUK_SYSCALL_R_DEFINE(int, vhangup)\n{\n\treturn 0;\n}\n' > my-calls/vhangup.c
