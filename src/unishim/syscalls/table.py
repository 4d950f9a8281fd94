"""All system calls of Linux on x86-64: number, name, arguments. The only place that knows them.

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl (Linux 6.18) and the man pages, section 2. The x32 numbers
(512 and above) are left out: unishim runs 64-bit programs only.

One line a call: its name and the names of its arguments. A line `= N` sets the number of the call that follows; the
numbers count up from there. A name with `!` in front is reserved: the table of the kernel has it, no kernel answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_TABLE = """
= 0
read fd buf count
write fd buf count
open pathname flags mode
close fd
stat pathname statbuf
fstat fd statbuf
lstat pathname statbuf
poll fds nfds timeout
lseek fd offset whence
mmap addr length prot flags fd offset
mprotect addr len prot
munmap addr length
brk addr
rt_sigaction signum act oldact sigsetsize
rt_sigprocmask how set oldset sigsetsize
rt_sigreturn
ioctl fd op argp
pread64 fd buf count offset
pwrite64 fd buf count offset
readv fd iov iovcnt
writev fd iov iovcnt
access pathname mode
pipe pipefd
select nfds readfds writefds exceptfds timeout
sched_yield
mremap old_address old_size new_size flags new_address
msync addr length flags
mincore addr length vec
madvise addr length advice
shmget key size shmflg
shmat shmid shmaddr shmflg
shmctl shmid op buf
dup oldfd
dup2 oldfd newfd
pause
nanosleep duration rem
getitimer which curr_value
alarm seconds
setitimer which new_value old_value
getpid
sendfile out_fd in_fd offset count
socket domain type protocol
connect sockfd addr addrlen
accept sockfd addr addrlen
sendto sockfd buf len flags dest_addr addrlen
recvfrom sockfd buf len flags src_addr addrlen
sendmsg sockfd msg flags
recvmsg sockfd msg flags
shutdown sockfd how
bind sockfd addr addrlen
listen sockfd backlog
getsockname sockfd addr addrlen
getpeername sockfd addr addrlen
socketpair domain type protocol sv
setsockopt sockfd level optname optval optlen
getsockopt sockfd level optname optval optlen
clone flags stack parent_tid child_tid tls
fork
vfork
execve pathname argv envp
exit status
wait4 pid wstatus options rusage
kill pid sig
uname buf
semget key nsems semflg
semop semid sops nsops
semctl semid semnum op arg
shmdt shmaddr
msgget key msgflg
msgsnd msqid msgp msgsz msgflg
msgrcv msqid msgp msgsz msgtyp msgflg
msgctl msqid op buf
fcntl fd op arg
flock fd op
fsync fd
fdatasync fd
truncate path length
ftruncate fd length
getdents fd dirp count
getcwd buf size
chdir path
fchdir fd
rename oldpath newpath
mkdir pathname mode
rmdir pathname
creat pathname mode
link oldpath newpath
unlink pathname
symlink target linkpath
readlink pathname buf bufsiz
chmod pathname mode
fchmod fd mode
chown pathname owner group
fchown fd owner group
lchown pathname owner group
umask mask
gettimeofday tv tz
getrlimit resource rlim
getrusage who usage
sysinfo info
times buf
ptrace op pid addr data
getuid
syslog type bufp len
getgid
setuid uid
setgid gid
geteuid
getegid
setpgid pid pgid
getppid
getpgrp
setsid
setreuid ruid euid
setregid rgid egid
getgroups size list
setgroups size list
setresuid ruid euid suid
getresuid ruid euid suid
setresgid rgid egid sgid
getresgid rgid egid sgid
getpgid pid
setfsuid fsuid
setfsgid fsgid
getsid pid
capget hdrp datap
capset hdrp datap
rt_sigpending set sigsetsize
rt_sigtimedwait set info timeout sigsetsize
rt_sigqueueinfo tgid sig info
rt_sigsuspend mask sigsetsize
sigaltstack ss old_ss
utime filename times
mknod pathname mode dev
!uselib library
personality persona
ustat dev ubuf
statfs path buf
fstatfs fd buf
sysfs option arg1 arg2
getpriority which who
setpriority which who prio
sched_setparam pid param
sched_getparam pid param
sched_setscheduler pid policy param
sched_getscheduler pid
sched_get_priority_max policy
sched_get_priority_min policy
sched_rr_get_interval pid tp
mlock addr len
munlock addr len
mlockall flags
munlockall
vhangup
modify_ldt func ptr bytecount
pivot_root new_root put_old
!_sysctl args
prctl op arg2 arg3 arg4 arg5
arch_prctl op addr
adjtimex buf
setrlimit resource rlim
chroot path
sync
acct filename
settimeofday tv tz
mount source target filesystemtype mountflags data
umount2 target flags
swapon path swapflags
swapoff path
reboot magic magic2 op arg
sethostname name len
setdomainname name len
iopl level
ioperm from num turn_on
!create_module name size
init_module module_image len param_values
delete_module name flags
!get_kernel_syms table
!query_module name which buf bufsize ret
quotactl op special id addr
!nfsservctl cmd argp resp
!getpmsg
!putpmsg
!afs_syscall
!tuxcall
!security
gettid
readahead fd offset count
setxattr path name value size flags
lsetxattr path name value size flags
fsetxattr fd name value size flags
getxattr path name value size
lgetxattr path name value size
fgetxattr fd name value size
listxattr path list size
llistxattr path list size
flistxattr fd list size
removexattr path name
lremovexattr path name
fremovexattr fd name
tkill tid sig
time tloc
futex uaddr futex_op val timeout uaddr2 val3
sched_setaffinity pid cpusetsize mask
sched_getaffinity pid cpusetsize mask
!set_thread_area u_info
io_setup nr_events ctx_idp
io_destroy ctx_id
io_getevents ctx_id min_nr nr events timeout
io_submit ctx_id nr iocbpp
io_cancel ctx_id iocb result
!get_thread_area u_info
!lookup_dcookie cookie buffer len
epoll_create size
!epoll_ctl_old
!epoll_wait_old
remap_file_pages addr size prot pgoff flags
getdents64 fd dirp count
set_tid_address tidptr
restart_syscall
semtimedop semid sops nsops timeout
fadvise64 fd offset len advice
timer_create clockid sevp timerid
timer_settime timerid flags new_value old_value
timer_gettime timerid curr_value
timer_getoverrun timerid
timer_delete timerid
clock_settime clockid tp
clock_gettime clockid tp
clock_getres clockid res
clock_nanosleep clockid flags t remain
exit_group status
epoll_wait epfd events maxevents timeout
epoll_ctl epfd op fd event
tgkill tgid tid sig
utimes filename times
!vserver
mbind addr len mode nodemask maxnode flags
set_mempolicy mode nodemask maxnode
get_mempolicy mode nodemask maxnode addr flags
mq_open name oflag mode attr
mq_unlink name
mq_timedsend mqdes msg_ptr msg_len msg_prio abs_timeout
mq_timedreceive mqdes msg_ptr msg_len msg_prio abs_timeout
mq_notify mqdes sevp
mq_getsetattr mqdes newattr oldattr
kexec_load entry nr_segments segments flags
waitid idtype id infop options rusage
add_key type description payload plen keyring
request_key type description callout_info dest_keyring
keyctl op arg2 arg3 arg4 arg5
ioprio_set which who ioprio
ioprio_get which who
inotify_init
inotify_add_watch fd pathname mask
inotify_rm_watch fd wd
migrate_pages pid maxnode old_nodes new_nodes
openat dirfd pathname flags mode
mkdirat dirfd pathname mode
mknodat dirfd pathname mode dev
fchownat dirfd pathname owner group flags
futimesat dirfd pathname times
newfstatat dirfd pathname statbuf flags
unlinkat dirfd pathname flags
renameat olddirfd oldpath newdirfd newpath
linkat olddirfd oldpath newdirfd newpath flags
symlinkat target newdirfd linkpath
readlinkat dirfd pathname buf bufsiz
fchmodat dirfd pathname mode
faccessat dirfd pathname mode
pselect6 nfds readfds writefds exceptfds timeout sigmask
ppoll fds nfds tmo_p sigmask sigsetsize
unshare flags
set_robust_list head len
get_robust_list pid head_ptr len_ptr
splice fd_in off_in fd_out off_out len flags
tee fd_in fd_out len flags
sync_file_range fd offset nbytes flags
vmsplice fd iov nr_segs flags
move_pages pid count pages nodes status flags
utimensat dirfd pathname times flags
epoll_pwait epfd events maxevents timeout sigmask sigsetsize
signalfd fd mask sizemask
timerfd_create clockid flags
eventfd initval
fallocate fd mode offset len
timerfd_settime fd flags new_value old_value
timerfd_gettime fd curr_value
accept4 sockfd addr addrlen flags
signalfd4 fd mask sizemask flags
eventfd2 initval flags
epoll_create1 flags
dup3 oldfd newfd flags
pipe2 pipefd flags
inotify_init1 flags
preadv fd iov iovcnt pos_l pos_h
pwritev fd iov iovcnt pos_l pos_h
rt_tgsigqueueinfo tgid tid sig info
perf_event_open attr pid cpu group_fd flags
recvmmsg sockfd msgvec vlen flags timeout
fanotify_init flags event_f_flags
fanotify_mark fanotify_fd flags mask dirfd pathname
prlimit64 pid resource new_limit old_limit
name_to_handle_at dirfd pathname handle mount_id flags
open_by_handle_at mount_fd handle flags
clock_adjtime clk_id buf
syncfs fd
sendmmsg sockfd msgvec vlen flags
setns fd nstype
getcpu cpu node tcache
process_vm_readv pid local_iov liovcnt remote_iov riovcnt flags
process_vm_writev pid local_iov liovcnt remote_iov riovcnt flags
kcmp pid1 pid2 type idx1 idx2
finit_module fd param_values flags
sched_setattr pid attr flags
sched_getattr pid attr size flags
renameat2 olddirfd oldpath newdirfd newpath flags
seccomp operation flags args
getrandom buf buflen flags
memfd_create name flags
kexec_file_load kernel_fd initrd_fd cmdline_len cmdline flags
bpf cmd attr size
execveat dirfd pathname argv envp flags
userfaultfd flags
membarrier cmd flags cpu_id
mlock2 addr len flags
copy_file_range fd_in off_in fd_out off_out len flags
preadv2 fd iov iovcnt pos_l pos_h flags
pwritev2 fd iov iovcnt pos_l pos_h flags
pkey_mprotect addr len prot pkey
pkey_alloc flags access_rights
pkey_free pkey
statx dirfd pathname flags mask statxbuf
io_pgetevents ctx_id min_nr nr events timeout usig
rseq rseq rseq_len flags sig
uretprobe
uprobe
= 424
pidfd_send_signal pidfd sig info flags
io_uring_setup entries p
io_uring_enter fd to_submit min_complete flags argp argsz
io_uring_register fd opcode arg nr_args
open_tree dirfd pathname flags
move_mount from_dirfd from_pathname to_dirfd to_pathname flags
fsopen fsname flags
fsconfig fd cmd key value aux
fsmount fsfd flags attr_flags
fspick dirfd pathname flags
pidfd_open pid flags
clone3 cl_args size
close_range first last flags
openat2 dirfd pathname how size
pidfd_getfd pidfd targetfd flags
faccessat2 dirfd pathname mode flags
process_madvise pidfd iovec vlen advice flags
epoll_pwait2 epfd events maxevents timeout sigmask sigsetsize
mount_setattr dirfd pathname flags attr size
quotactl_fd fd op id addr
landlock_create_ruleset attr size flags
landlock_add_rule ruleset_fd rule_type rule_attr flags
landlock_restrict_self ruleset_fd flags
memfd_secret flags
process_mrelease pidfd flags
futex_waitv waiters nr_futexes flags timeout clockid
set_mempolicy_home_node start len home_node flags
cachestat fd cstat_range cstat flags
fchmodat2 dirfd pathname mode flags
map_shadow_stack addr size flags
futex_wake uaddr mask nr flags
futex_wait uaddr val mask flags timeout clockid
futex_requeue waiters flags nr_wake nr_requeue
statmount req buf bufsize flags
listmount req mnt_ids nr_mnt_ids flags
lsm_get_self_attr attr ctx size flags
lsm_set_self_attr attr ctx size flags
lsm_list_modules ids size flags
mseal addr len flags
setxattrat dirfd pathname at_flags name uargs usize
getxattrat dirfd pathname at_flags name uargs usize
listxattrat dirfd pathname at_flags list size
removexattrat dirfd pathname at_flags name
open_tree_attr dirfd pathname flags attr size
file_getattr dirfd pathname attr size at_flags
file_setattr dirfd pathname attr size at_flags
"""


@dataclass(frozen=True, slots=True)
class Syscall:
    """One system call: its number, name and the names of its arguments."""

    number: int
    name: str
    arguments: tuple[str, ...]
    reserved: bool = False


def _parse(table: str) -> tuple[Syscall, ...]:
    calls = []
    number = 0
    for line in table.strip().splitlines():
        words = line.split()
        if words[0] == "=":
            number = int(words[1])
            continue
        name = words[0].removeprefix("!")
        calls.append(Syscall(number, name, tuple(words[1:]), reserved=words[0] != name))
        number += 1
    return tuple(calls)


@cache
def all_calls() -> tuple[Syscall, ...]:
    """All calls by ascending number."""
    return _parse(_TABLE)


@cache
def by_name() -> dict[str, Syscall]:
    """All calls by name."""
    return {call.name: call for call in all_calls()}


@cache
def by_number() -> dict[int, Syscall]:
    """All calls by number."""
    return {call.number: call for call in all_calls()}
