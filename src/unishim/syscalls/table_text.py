"""The text of the table of system calls; unishim.syscalls.table describes the format and parses it."""

from __future__ import annotations

TABLE = """
= 0
read fd:fd buf:bytes>result count:size
write fd:fd buf:bytes<count count:size
open pathname:path flags:flags(open) mode:mode
close fd:fd
stat pathname:path statbuf:stat>
fstat fd:fd statbuf:stat>
lstat pathname:path statbuf:stat>
poll fds:pollfd=[nfds] nfds:uint timeout:int
lseek fd:fd offset:off whence:enum(seek)
mmap addr:addr length:size prot:flags(prot)64 flags:flags(mmap) fd:fd offset:hex
mprotect addr:addr len:size prot:flags(prot)64
munmap addr:addr length:size
brk addr:addr
rt_sigaction signum:signal act:sigaction< oldact:sigaction> sigsetsize:size
rt_sigprocmask how:enum(sigprocmask) set:sigset<(sigsetsize) oldset:sigset>(sigsetsize) sigsetsize:size
rt_sigreturn
ioctl fd:fd op:enum(ioctl) argp:addr
pread64 fd:fd buf:bytes>result count:size offset:off
pwrite64 fd:fd buf:bytes<count count:size offset:off
readv fd:fd iov:iovec>[iovcnt] iovcnt:ulong
writev fd:fd iov:iovec<[iovcnt] iovcnt:ulong
access pathname:path mode:flags(access)
pipe pipefd:fd>[2]
select nfds:int readfds:fd_set= writefds:fd_set= exceptfds:fd_set= timeout:timeval=
sched_yield
mremap old_address:addr old_size:size new_size:size flags:flags(mremap)64 new_address:addr
msync addr:addr length:size flags:flags(msync)
mincore addr:addr length:size vec:addr
madvise addr:addr length:size advice:enum(madvise)
shmget key:enum(ipc_key) size:size shmflg:flags(shmget)
shmat shmid:int shmaddr:addr shmflg:flags(shmat)
shmctl shmid:int op:enum(ipc_control) buf:addr
dup oldfd:fd
dup2 oldfd:fd newfd:fd
pause
nanosleep duration:timespec< rem:timespec>
getitimer which:enum(itimer) curr_value:itimerval>
alarm seconds:uint
setitimer which:enum(itimer) new_value:itimerval< old_value:itimerval>
getpid
sendfile out_fd:fd in_fd:fd offset:off= count:size
socket domain:enum(socket_family) type:flags(socket_type) protocol:enum(ip_protocol)
connect sockfd:fd addr:sockaddr<(addrlen) addrlen:int
accept sockfd:fd addr:sockaddr>(addrlen*) addrlen:int=
sendto sockfd:fd buf:bytes<len len:size flags:flags(message) dest_addr:sockaddr<(addrlen) addrlen:int
recvfrom sockfd:fd buf:bytes>result len:size flags:flags(message) src_addr:sockaddr>(addrlen*) addrlen:int=
sendmsg sockfd:fd msg:msghdr< flags:flags(message)
recvmsg sockfd:fd msg:msghdr= flags:flags(message)
shutdown sockfd:fd how:enum(shutdown)
bind sockfd:fd addr:sockaddr<(addrlen) addrlen:int
listen sockfd:fd backlog:int
getsockname sockfd:fd addr:sockaddr>(addrlen*) addrlen:int=
getpeername sockfd:fd addr:sockaddr>(addrlen*) addrlen:int=
socketpair domain:enum(socket_family) type:flags(socket_type) protocol:enum(ip_protocol) sv:fd>[2]
setsockopt sockfd:fd level:enum(socket_level) optname:int optval:bytes<optlen optlen:int
getsockopt sockfd:fd level:enum(socket_level) optname:int optval:u8>(optlen*) optlen:int=
clone flags:flags(clone)64 stack:addr parent_tid:int> child_tid:int> tls:hex
fork
vfork
execve pathname:path argv:strings envp:strings
exit status:int
wait4 pid:pid wstatus:int> options:flags(wait) rusage:rusage>
kill pid:pid sig:signal
uname buf:utsname>
semget key:enum(ipc_key) nsems:int semflg:flags(ipc_get)
semop semid:int sops:addr nsops:size
semctl semid:int semnum:int op:int arg:hex
shmdt shmaddr:addr
msgget key:enum(ipc_key) msgflg:flags(ipc_get)
msgsnd msqid:int msgp:addr msgsz:size msgflg:int
msgrcv msqid:int msgp:addr msgsz:size msgtyp:long msgflg:int
msgctl msqid:int op:enum(ipc_control) buf:addr
fcntl fd:fd op:enum(fcntl) arg:hex
flock fd:fd op:flags(flock)
fsync fd:fd
fdatasync fd:fd
truncate path:path length:off
ftruncate fd:fd length:off
getdents fd:fd dirp:bytes>result count:uint
getcwd buf:bytes>result size:size
chdir path:path
fchdir fd:fd
rename oldpath:path newpath:path
mkdir pathname:path mode:mode
rmdir pathname:path
creat pathname:path mode:mode
link oldpath:path newpath:path
unlink pathname:path
symlink target:path linkpath:path
readlink pathname:path buf:bytes>result bufsiz:int
chmod pathname:path mode:mode
fchmod fd:fd mode:mode
chown pathname:path owner:uid group:gid
fchown fd:fd owner:uid group:gid
lchown pathname:path owner:uid group:gid
umask mask:mode
gettimeofday tv:timeval> tz:timezone>
getrlimit resource:enum(rlimit) rlim:rlimit>
getrusage who:enum(rusage) usage:rusage>
sysinfo info:sysinfo>
times buf:tms>
ptrace op:enum(ptrace)64 pid:pid addr:addr data:addr
getuid
syslog type:int bufp:addr len:int
getgid
setuid uid:uid
setgid gid:gid
geteuid
getegid
setpgid pid:pid pgid:pid
getppid
getpgrp
setsid
setreuid ruid:uid euid:uid
setregid rgid:gid egid:gid
getgroups size:int list:gid>[size]
setgroups size:int list:gid<[size]
setresuid ruid:uid euid:uid suid:uid
getresuid ruid:uid> euid:uid> suid:uid>
setresgid rgid:gid egid:gid sgid:gid
getresgid rgid:gid> egid:gid> sgid:gid>
getpgid pid:pid
setfsuid fsuid:uid
setfsgid fsgid:gid
getsid pid:pid
capget hdrp:cap_header= datap:cap_data>[2]
capset hdrp:cap_header= datap:cap_data<[2]
rt_sigpending set:sigset>(sigsetsize) sigsetsize:size
rt_sigtimedwait set:sigset<(sigsetsize) info:siginfo> timeout:timespec< sigsetsize:size
rt_sigqueueinfo tgid:pid sig:signal info:siginfo<
rt_sigsuspend mask:sigset<(sigsetsize) sigsetsize:size
sigaltstack ss:stack_t< old_ss:stack_t>
utime filename:path times:utimbuf<
mknod pathname:path mode:mode dev:uint
!uselib library:path
personality persona:flags(personality)
ustat dev:uint ubuf:addr
statfs path:path buf:statfs>
fstatfs fd:fd buf:statfs>
sysfs option:int arg1:hex arg2:hex
getpriority which:enum(priority) who:int
setpriority which:enum(priority) who:int prio:int
sched_setparam pid:pid param:sched_param<
sched_getparam pid:pid param:sched_param>
sched_setscheduler pid:pid policy:enum(scheduler_policy) param:sched_param<
sched_getscheduler pid:pid
sched_get_priority_max policy:enum(scheduler_policy)
sched_get_priority_min policy:enum(scheduler_policy)
sched_rr_get_interval pid:pid tp:timespec>
mlock addr:addr len:size
munlock addr:addr len:size
mlockall flags:flags(mlockall)
munlockall
vhangup
modify_ldt func:int ptr:addr bytecount:ulong
pivot_root new_root:path put_old:path
!_sysctl args:addr
prctl op:enum(prctl) arg2:hex arg3:hex arg4:hex arg5:hex
arch_prctl op:enum(arch_prctl) addr:hex
adjtimex buf:timex=
setrlimit resource:enum(rlimit) rlim:rlimit<
chroot path:path
sync
acct filename:path
settimeofday tv:timeval< tz:timezone<
mount source:path target:path filesystemtype:text mountflags:flags(mount)64 data:text
umount2 target:path flags:flags(umount)
swapon path:path swapflags:hex
swapoff path:path
reboot magic:hex magic2:hex op:enum(reboot) arg:addr
sethostname name:bytes<len len:size
setdomainname name:bytes<len len:size
iopl level:int
ioperm from:ulong num:ulong turn_on:int
!create_module name:text size:size
init_module module_image:addr len:size param_values:text
delete_module name:text flags:flags(delete_module)
!get_kernel_syms table:addr
!query_module name:text which:int buf:addr bufsize:size ret:addr
quotactl op:hex special:path id:uint addr:addr
!nfsservctl cmd:int argp:addr resp:addr
!getpmsg
!putpmsg
!afs_syscall
!tuxcall
!security
gettid
readahead fd:fd offset:off count:size
setxattr path:path name:text value:bytes<size size:size flags:flags(xattr)
lsetxattr path:path name:text value:bytes<size size:size flags:flags(xattr)
fsetxattr fd:fd name:text value:bytes<size size:size flags:flags(xattr)
getxattr path:path name:text value:bytes>result size:size
lgetxattr path:path name:text value:bytes>result size:size
fgetxattr fd:fd name:text value:bytes>result size:size
listxattr path:path list:bytes>result size:size
llistxattr path:path list:bytes>result size:size
flistxattr fd:fd list:bytes>result size:size
removexattr path:path name:text
lremovexattr path:path name:text
fremovexattr fd:fd name:text
tkill tid:pid sig:signal
time tloc:long>
futex uaddr:addr futex_op:enum(futex) val:uint timeout:timespec< uaddr2:addr val3:uint
sched_setaffinity pid:pid cpusetsize:uint mask:ulong<(cpusetsize)
sched_getaffinity pid:pid cpusetsize:uint mask:ulong>(cpusetsize)
!set_thread_area u_info:addr
io_setup nr_events:uint ctx_idp:ulong=
io_destroy ctx_id:hex
io_getevents ctx_id:hex min_nr:long nr:long events:addr timeout:timespec<
io_submit ctx_id:hex nr:long iocbpp:addr
io_cancel ctx_id:hex iocb:addr result:addr
!get_thread_area u_info:addr
!lookup_dcookie cookie:ulong buffer:bytes>result len:size
epoll_create size:int
!epoll_ctl_old
!epoll_wait_old
remap_file_pages addr:addr size:size prot:flags(prot)64 pgoff:ulong flags:flags(mmap)
getdents64 fd:fd dirp:bytes>result count:uint
set_tid_address tidptr:addr
restart_syscall
semtimedop semid:int sops:addr nsops:size timeout:timespec<
fadvise64 fd:fd offset:off len:size advice:enum(fadvise)
timer_create clockid:clock sevp:sigevent< timerid:int>
timer_settime timerid:int flags:flags(timer) new_value:itimerspec< old_value:itimerspec>
timer_gettime timerid:int curr_value:itimerspec>
timer_getoverrun timerid:int
timer_delete timerid:int
clock_settime clockid:clock tp:timespec<
clock_gettime clockid:clock tp:timespec>
clock_getres clockid:clock res:timespec>
clock_nanosleep clockid:clock flags:flags(timer) t:timespec< remain:timespec>
exit_group status:int
epoll_wait epfd:fd events:epoll_event>[maxevents] maxevents:int timeout:int
epoll_ctl epfd:fd op:enum(epoll_ctl) fd:fd event:epoll_event<
tgkill tgid:pid tid:pid sig:signal
utimes filename:path times:timeval<[2]
!vserver
mbind addr:addr len:ulong mode:enum(mempolicy) nodemask:addr maxnode:ulong flags:flags(mbind)
set_mempolicy mode:enum(mempolicy) nodemask:addr maxnode:ulong
get_mempolicy mode:int> nodemask:addr maxnode:ulong addr:addr flags:flags(get_mempolicy)64
mq_open name:text oflag:flags(open) mode:mode attr:mq_attr<
mq_unlink name:text
mq_timedsend mqdes:fd msg_ptr:bytes<msg_len msg_len:size msg_prio:uint abs_timeout:timespec<
mq_timedreceive mqdes:fd msg_ptr:bytes>result msg_len:size msg_prio:uint> abs_timeout:timespec<
mq_notify mqdes:fd sevp:sigevent<
mq_getsetattr mqdes:fd newattr:mq_attr< oldattr:mq_attr>
kexec_load entry:addr nr_segments:ulong segments:addr flags:hex
waitid idtype:enum(waitid) id:pid infop:siginfo> options:flags(wait) rusage:rusage>
add_key type:text description:text payload:bytes<plen plen:size keyring:int
request_key type:text description:text callout_info:text dest_keyring:int
keyctl op:int arg2:hex arg3:hex arg4:hex arg5:hex
ioprio_set which:enum(ioprio) who:int ioprio:int
ioprio_get which:enum(ioprio) who:int
inotify_init
inotify_add_watch fd:fd pathname:path mask:flags(inotify)
inotify_rm_watch fd:fd wd:int
migrate_pages pid:pid maxnode:ulong old_nodes:addr new_nodes:addr
openat dirfd:dirfd pathname:path flags:flags(open) mode:mode
mkdirat dirfd:dirfd pathname:path mode:mode
mknodat dirfd:dirfd pathname:path mode:mode dev:uint
fchownat dirfd:dirfd pathname:path owner:uid group:gid flags:flags(at)
futimesat dirfd:dirfd pathname:path times:timeval<[2]
newfstatat dirfd:dirfd pathname:path statbuf:stat> flags:flags(at)
unlinkat dirfd:dirfd pathname:path flags:flags(at)
renameat olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path
linkat olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path flags:flags(at)
symlinkat target:path newdirfd:dirfd linkpath:path
readlinkat dirfd:dirfd pathname:path buf:bytes>result bufsiz:int
fchmodat dirfd:dirfd pathname:path mode:mode
faccessat dirfd:dirfd pathname:path mode:flags(access)
pselect6 nfds:int readfds:fd_set= writefds:fd_set= exceptfds:fd_set= timeout:timespec= sigmask:addr
ppoll fds:pollfd=[nfds] nfds:uint tmo_p:timespec= sigmask:sigset<(sigsetsize) sigsetsize:size
unshare flags:flags(unshare)64
set_robust_list head:addr len:size
get_robust_list pid:pid head_ptr:addr> len_ptr:size>
splice fd_in:fd off_in:off= fd_out:fd off_out:off= len:size flags:flags(splice)
tee fd_in:fd fd_out:fd len:size flags:flags(splice)
sync_file_range fd:fd offset:off nbytes:off flags:flags(sync_range)
vmsplice fd:fd iov:iovec<[nr_segs] nr_segs:ulong flags:flags(splice)
move_pages pid:pid count:ulong pages:addr nodes:addr status:addr flags:flags(move_pages)
utimensat dirfd:dirfd pathname:path times:timespec<[2] flags:flags(at)
epoll_pwait epfd:fd events:epoll_event>[maxevents] maxevents:int timeout:int sigmask:sigset<(sigsetsize) sigsetsize:size
signalfd fd:fd mask:sigset<(sizemask) sizemask:size
timerfd_create clockid:clock flags:flags(timerfd)
eventfd initval:uint
fallocate fd:fd mode:flags(fallocate) offset:off len:off
timerfd_settime fd:fd flags:flags(timerfd) new_value:itimerspec< old_value:itimerspec>
timerfd_gettime fd:fd curr_value:itimerspec>
accept4 sockfd:fd addr:sockaddr>(addrlen*) addrlen:int= flags:flags(accept4)
signalfd4 fd:fd mask:sigset<(sizemask) sizemask:size flags:flags(signalfd)
eventfd2 initval:uint flags:flags(eventfd)
epoll_create1 flags:flags(epoll_create)
dup3 oldfd:fd newfd:fd flags:flags(open_flags)
pipe2 pipefd:fd>[2] flags:flags(open_flags)
inotify_init1 flags:flags(inotify_init)
preadv fd:fd iov:iovec>[iovcnt] iovcnt:ulong pos_l:off pos_h:ulong
pwritev fd:fd iov:iovec<[iovcnt] iovcnt:ulong pos_l:off pos_h:ulong
rt_tgsigqueueinfo tgid:pid tid:pid sig:signal info:siginfo<
perf_event_open attr:addr pid:pid cpu:int group_fd:fd flags:hex
recvmmsg sockfd:fd msgvec:mmsghdr=[vlen] vlen:uint flags:flags(message) timeout:timespec=
fanotify_init flags:hex event_f_flags:flags(open)
fanotify_mark fanotify_fd:fd flags:hex mask:hex dirfd:dirfd pathname:path
prlimit64 pid:pid resource:enum(rlimit) new_limit:rlimit< old_limit:rlimit>
name_to_handle_at dirfd:dirfd pathname:path handle:addr mount_id:int> flags:flags(at_handle)
open_by_handle_at mount_fd:dirfd handle:addr flags:flags(open)
clock_adjtime clk_id:clock buf:timex=
syncfs fd:fd
sendmmsg sockfd:fd msgvec:mmsghdr=[vlen] vlen:uint flags:flags(message)
setns fd:fd nstype:flags(setns)
getcpu cpu:uint> node:uint> tcache:addr
process_vm_readv pid:pid local_iov:iovec>[liovcnt] liovcnt:ulong remote_iov:range<[riovcnt] riovcnt:ulong flags:ulong
process_vm_writev pid:pid local_iov:iovec<[liovcnt] liovcnt:ulong remote_iov:range<[riovcnt] riovcnt:ulong flags:ulong
kcmp pid1:pid pid2:pid type:enum(kcmp) idx1:ulong idx2:ulong
finit_module fd:fd param_values:text flags:hex
sched_setattr pid:pid attr:sched_attr< flags:uint
sched_getattr pid:pid attr:sched_attr>(size) size:uint flags:uint
renameat2 olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path flags:flags(rename)
seccomp operation:enum(seccomp) flags:hex args:addr
getrandom buf:bytes>result buflen:size flags:flags(getrandom)
memfd_create name:text flags:flags(memfd)
kexec_file_load kernel_fd:fd initrd_fd:fd cmdline_len:ulong cmdline:text flags:hex
bpf cmd:int attr:addr size:uint
execveat dirfd:dirfd pathname:path argv:strings envp:strings flags:flags(at)
userfaultfd flags:flags(userfaultfd)
membarrier cmd:enum(membarrier) flags:flags(membarrier_flags) cpu_id:int
mlock2 addr:addr len:size flags:flags(mlock2)
copy_file_range fd_in:fd off_in:off= fd_out:fd off_out:off= len:size flags:uint
preadv2 fd:fd iov:iovec>[iovcnt] iovcnt:ulong pos_l:off pos_h:ulong flags:flags(rwf)
pwritev2 fd:fd iov:iovec<[iovcnt] iovcnt:ulong pos_l:off pos_h:ulong flags:flags(rwf)
pkey_mprotect addr:addr len:size prot:flags(prot)64 pkey:int
pkey_alloc flags:hex access_rights:flags(pkey_access)64
pkey_free pkey:int
statx dirfd:dirfd pathname:path flags:flags(at_statx) mask:flags(statx_mask) statxbuf:statx>
io_pgetevents ctx_id:hex min_nr:long nr:long events:addr timeout:timespec< usig:addr
rseq rseq:rseq= rseq_len:uint flags:flags(rseq) sig:hex
uretprobe
uprobe
= 424
pidfd_send_signal pidfd:fd sig:signal info:siginfo< flags:hex32
io_uring_setup entries:uint p:addr
io_uring_enter fd:fd to_submit:uint min_complete:uint flags:uint argp:addr argsz:size
io_uring_register fd:fd opcode:uint arg:addr nr_args:uint
open_tree dirfd:dirfd pathname:path flags:flags(open_tree)
move_mount from_dirfd:dirfd from_pathname:path to_dirfd:dirfd to_pathname:path flags:flags(move_mount)
fsopen fsname:text flags:flags(fsopen)
fsconfig fd:fd cmd:enum(fsconfig) key:text value:addr aux:int
fsmount fsfd:fd flags:flags(fsmount) attr_flags:flags(mount_attribute)
fspick dirfd:dirfd pathname:path flags:flags(fspick)
pidfd_open pid:pid flags:flags(pidfd_open)
clone3 cl_args:clone_args<(size) size:size
close_range first:uint last:uint flags:flags(close_range)
openat2 dirfd:dirfd pathname:path how:open_how<(size) size:size
pidfd_getfd pidfd:fd targetfd:fd flags:hex32
faccessat2 dirfd:dirfd pathname:path mode:flags(access) flags:flags(at_access)
process_madvise pidfd:fd iovec:addr vlen:size advice:enum(madvise) flags:uint
epoll_pwait2 epfd:fd events:epoll_event>[maxevents] maxevents:int timeout:timespec< \
sigmask:sigset<(sigsetsize) sigsetsize:size
mount_setattr dirfd:dirfd pathname:path flags:flags(at_mount) attr:mount_attr<(size) size:size
quotactl_fd fd:fd op:hex id:uint addr:addr
landlock_create_ruleset attr:addr size:size flags:hex
landlock_add_rule ruleset_fd:fd rule_type:int rule_attr:addr flags:hex
landlock_restrict_self ruleset_fd:fd flags:hex
memfd_secret flags:flags(open_flags)
process_mrelease pidfd:fd flags:uint
futex_waitv waiters:addr nr_futexes:uint flags:hex timeout:timespec< clockid:clock
set_mempolicy_home_node start:ulong len:ulong home_node:ulong flags:ulong
cachestat fd:fd cstat_range:addr cstat:addr flags:uint
fchmodat2 dirfd:dirfd pathname:path mode:mode flags:flags(at)
map_shadow_stack addr:addr size:size flags:uint
futex_wake uaddr:addr mask:hex nr:int flags:flags(futex2)
futex_wait uaddr:addr val:hex mask:hex flags:flags(futex2) timeout:timespec< clockid:clock
futex_requeue waiters:addr flags:uint nr_wake:int nr_requeue:int
statmount req:addr buf:addr bufsize:size flags:uint
listmount req:addr mnt_ids:addr nr_mnt_ids:size flags:uint
lsm_get_self_attr attr:uint ctx:addr size:addr flags:uint
lsm_set_self_attr attr:uint ctx:addr size:uint flags:uint
lsm_list_modules ids:addr size:addr flags:uint
mseal addr:addr len:size flags:ulong
setxattrat dirfd:dirfd pathname:path at_flags:flags(at) name:text uargs:addr usize:size
getxattrat dirfd:dirfd pathname:path at_flags:flags(at) name:text uargs:addr usize:size
listxattrat dirfd:dirfd pathname:path at_flags:flags(at) list:bytes>result size:size
removexattrat dirfd:dirfd pathname:path at_flags:flags(at) name:text
open_tree_attr dirfd:dirfd pathname:path flags:flags(open_tree) attr:mount_attr<(size) size:size
file_getattr dirfd:dirfd pathname:path attr:addr size:size at_flags:flags(at)
file_setattr dirfd:dirfd pathname:path attr:addr size:size at_flags:flags(at)
"""
