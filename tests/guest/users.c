/* Users, groups, capabilities and what they allow: credentials(7), capabilities(7),
 * path_resolution(7); as root, the same on Linux. */
#include "child_processes.h"
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>

/* linux/capability.h, linux/securebits.h, which not every C library's compiler finds. */
#define CAP_CHOWN		    0
#define CAP_DAC_OVERRIDE	    1
#define CAP_FOWNER		    3
#define CAP_KILL		    5
#define CAP_SETUID		    7
#define _LINUX_CAPABILITY_VERSION_3 0x20080522
#define SECBIT_NOROOT		    1
#define SECBIT_NOROOT_LOCKED	    2
#define SECBIT_NO_SETUID_FIXUP	    4
struct __user_cap_header_struct {
	unsigned version;
	int pid;
};
struct __user_cap_data_struct {
	unsigned effective, permitted, inheritable;
};

#define USER  1001
#define GROUP 2001

static char folder[64];

static void ids(const char *what)
{
	uid_t users[3];
	gid_t groups[3];

	getresuid(&users[0], &users[1], &users[2]);
	getresgid(&groups[0], &groups[1], &groups[2]);
	SAY("%s: %u %u %u %d, %u %u %u %d\n", what, users[0], users[1], users[2], setfsuid(-1),
	    groups[0], groups[1], groups[2], setfsgid(-1));
}

static void capabilities(const char *what)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	unsigned long all = (1UL << 41) - 1;
	unsigned long sets[3];

	syscall(SYS_capget, &header, data);
	sets[0] = data[0].effective | (unsigned long)data[1].effective << 32;
	sets[1] = data[0].permitted | (unsigned long)data[1].permitted << 32;
	sets[2] = data[0].inheritable | (unsigned long)data[1].inheritable << 32;
	SAY("%s:", what);
	for (int i = 0; i < 3; i++) {
		/* What the test may have depends on where it runs. */
		if ((sets[i] & all) == 0)
			SAY(" none");
		else
			SAY(" %#lx",
			    sets[i] & (1UL << CAP_CHOWN | 1UL << CAP_KILL | 1UL << CAP_SETUID |
				       1UL << CAP_DAC_OVERRIDE | 1UL << CAP_FOWNER));
	}
	SAY("\n");
}

static void drop(uid_t user, gid_t group)
{
	setgroups(0, NULL);
	setgid(group);
	setuid(user);
}

static void changes(void)
{
	CHILD("setuid", {
		result("setuid", setuid(USER));
		ids("after");
		capabilities("after");
		result("back", setuid(0));
		result("other", setuid(USER + 1));
		result("same", setuid(USER));
		result("-1", setuid(-1));
	});
	CHILD("seteuid", {
		result("seteuid", seteuid(USER));
		ids("after");
		capabilities("after");
		result("setuid", setuid(USER));
		ids("after");
		result("back", seteuid(0));
		capabilities("back");
		result("setuid", setuid(USER));
		ids("after");
	});
	CHILD("setreuid", {
		result("setreuid", setreuid(USER, USER + 1));
		ids("after");
		result("swap", setreuid(USER + 1, USER));
		ids("after");
		result("keep", setreuid(-1, -1));
		result("root", setreuid(0, -1));
		result("third", setreuid(-1, USER + 2));
	});
	CHILD("setreuid of one", {
		result("real", setreuid(USER, -1));
		ids("after");
		capabilities("after");
		result("effective", setreuid(-1, USER));
		ids("after");
	});
	CHILD("setresuid", {
		result("setresuid", setresuid(USER, USER + 1, USER + 2));
		ids("after");
		result("turn", setresuid(USER + 2, USER, USER + 1));
		ids("after");
		result("other", setresuid(-1, USER + 3, -1));
		result("keep", setresuid(-1, -1, -1));
		result("bad pointer", getresuid((uid_t *)8, NULL, NULL));
	});
	CHILD("groups", {
		result("setgid", setgid(GROUP));
		ids("after");
		result("setregid", setregid(GROUP + 1, GROUP + 2));
		ids("after");
		result("setresgid", setresgid(1, 2, 3));
		ids("after");
		result("setegid", setegid(5));
		setuid(USER);
		result("setegid", setegid(1));
		result("setegid", setegid(5));
		result("setegid", setegid(9));
		result("setresgid", setresgid(1, -1, 3));
		ids("after");
		result("setregid", setregid(3, 3));
		ids("after");
	});
	CHILD("fs", {
		SAY("%d %d\n", setfsuid(USER), setfsuid(-1));
		capabilities("after");
		SAY("%d %d\n", setfsgid(GROUP), setfsgid(-1));
		SAY("%d %d\n", setfsuid(0), setfsuid(-1));
		capabilities("after");
		setuid(USER);
		SAY("%d %d\n", setfsuid(5), setfsuid(-1));
	});
}

static void supplementary(void)
{
	CHILD("supplementary groups", {
		gid_t some[] = {30, 10, 20, 10}, found[10] = {0};

		result("setgroups", setgroups(4, some));
		result("getgroups", getgroups(10, found));
		SAY("%u %u %u %u\n", found[0], found[1], found[2], found[3]);
		result("how many", getgroups(0, NULL));
		result("too small", getgroups(2, found));
		result("negative", getgroups(-1, found));
		result("bad pointer", syscall(SYS_getgroups, 10, 8));
		result("bad pointer", syscall(SYS_setgroups, 2, 8));
		result("too many", syscall(SYS_setgroups, 65537, some));
		setuid(USER);
		result("as user", setgroups(1, some));
		result("getgroups", getgroups(10, found));
		result("none", setgroups(0, NULL));
	});
}

static void sets(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {0};

	CHILD("capset", {
		data[0].effective = 1 << CAP_KILL;
		data[0].permitted = 1 << CAP_KILL | 1 << CAP_CHOWN;
		data[0].inheritable = 1 << CAP_CHOWN;
		result("capset", syscall(SYS_capset, &header, data));
		capabilities("after");
		data[0].permitted |= 1 << CAP_SETUID;
		result("more", syscall(SYS_capset, &header, data));
		data[0].permitted = 1 << CAP_KILL;
		data[0].effective = 1 << CAP_CHOWN;
		result("not permitted", syscall(SYS_capset, &header, data));
		result("setuid without", setuid(USER));
		result("chroot without", chroot("/"));
		result("bad pointer", syscall(SYS_capset, &header, 8));
		header.pid = 1 << 21;
		result("other", syscall(SYS_capset, &header, data));
		result("nobody", syscall(SYS_capget, &header, data));
		header.pid = -1;
		result("negative", syscall(SYS_capget, &header, data));
		header.version = 5;
		result("version", syscall(SYS_capget, &header, NULL));
		SAY("%#x\n", header.version);
		header.version = 6;
		result("version", syscall(SYS_capget, &header, data));
		header.version = 6;
		result("version", syscall(SYS_capset, &header, data));
	});
	CHILD("keep", {
		result("keep", prctl(PR_SET_KEEPCAPS, 1));
		setuid(USER);
		capabilities("after");
		result("kept", prctl(PR_GET_KEEPCAPS));
		result("bad", prctl(PR_SET_KEEPCAPS, 2));
	});
	CHILD("bounding", {
		result("read", prctl(PR_CAPBSET_READ, CAP_KILL));
		result("drop", prctl(PR_CAPBSET_DROP, CAP_KILL));
		result("read", prctl(PR_CAPBSET_READ, CAP_KILL));
		result("read bad", prctl(PR_CAPBSET_READ, 100));
		result("drop bad", prctl(PR_CAPBSET_DROP, 100));
		setuid(USER);
		result("drop as user", prctl(PR_CAPBSET_DROP, CAP_CHOWN));
	});
	CHILD("ambient", {
		header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0};
		result("not inheritable",
		       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
		syscall(SYS_capget, &header, data);
		data[0].inheritable = 1 << CAP_KILL;
		syscall(SYS_capset, &header, data);
		result("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
		result("set", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
		result("bad", prctl(PR_CAP_AMBIENT, 9, CAP_KILL, 0, 0));
		result("lower", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL, 0, 0));
		result("set", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
		result("clear", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	});
	CHILD("securebits", {
		result("get", prctl(PR_GET_SECUREBITS));
		result("set", prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NOROOT));
		result("get", prctl(PR_GET_SECUREBITS));
		setresuid(USER, USER, USER);
		capabilities("no fix-up");
		result("bad", prctl(PR_SET_SECUREBITS, 1 << 20));
		setuid(0);
		result("lock", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED));
		result("unlock", prctl(PR_SET_SECUREBITS, 0));
	});
}

static void file(const char *name, mode_t mode, uid_t user, gid_t group)
{
	close(open(name, O_CREAT | O_WRONLY, 0600));
	chown(name, user, group);
	chmod(name, mode);
}

static void attempt(const char *name)
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR};

	SAY("%s:", name);
	for (int i = 0; i < 3; i++) {
		int fd = open(name, flags[i]);

		SAY(" %s", fd < 0 ? errno_text() : "yes");
		if (fd >= 0)
			close(fd);
	}
	for (int i = 1; i <= 4; i *= 2)
		SAY(" %d", access(name, i));
	SAY(" %d\n", eaccess(name, R_OK));
}

static void permissions(void)
{
	char name[16];
	struct stat status;

	chdir(folder);
	chmod(folder, 0755);
	umask(0);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "owner-%d", i);
		file(name, (mode_t)i << 6, USER, 0);
		snprintf(name, sizeof(name), "group-%d", i);
		file(name, (mode_t)i << 3, 0, GROUP);
		snprintf(name, sizeof(name), "other-%d", i);
		file(name, (mode_t)i, 0, 0);
	}
	mkdir("closed", 0700);
	mkdir("searched", 0711);
	mkdir("listed", 0744);
	mkdir("shared", 01777);
	mkdir("open", 0777);
	mkdir("set-id", 02777);
	chown("set-id", 0, GROUP + 5);
	file("closed/file", 0666, 0, 0);
	file("searched/file", 0666, 0, 0);
	file("listed/file", 0666, 0, 0);
	file("shared/root", 0666, 0, 0);
	file("shared/user", 0666, USER, GROUP);
	file("open/root", 0600, 0, 0);
	file("set-user", 06755, USER, GROUP);
	for (int user = 0; user < 3; user++) {
		pid_t child = fork();

		if (child) {
			end("user", child);
			continue;
		}
		if (user == 1)
			drop(USER, GROUP);
		if (user == 2) {
			gid_t group = GROUP;

			setgroups(1, &group);
			setgid(1);
			setuid(USER + 7);
		}
		for (int i = 0; i < 8; i++) {
			snprintf(name, sizeof(name), "owner-%d", i);
			attempt(name);
			snprintf(name, sizeof(name), "group-%d", i);
			attempt(name);
			snprintf(name, sizeof(name), "other-%d", i);
			attempt(name);
		}
		attempt("closed/file");
		attempt("searched/file");
		attempt("listed/file");
		attempt("closed");
		result("chdir closed", chdir("closed"));
		if (user == 0)
			chdir("..");
		result("chdir searched", chdir("searched"));
		if (errno != EACCES || user == 0)
			chdir(folder);
		chdir(folder);
		result("create", open("new", O_CREAT | O_WRONLY, 0644) >= 0);
		result("mkdir", mkdir("closed/new", 0755));
		result("symlink", symlink("x", "new-link"));
		result("link", link("other-7", "new-name"));
		result("mknod", mknod("new-device", S_IFCHR | 0600, makedev(1, 3)));
		result("fifo", mknod("new-fifo", S_IFIFO | 0600, 0));
		result("unlink", unlink("other-0"));
		result("rename", rename("other-1", "other-one"));
		result("sticky: root's", unlink("shared/root"));
		result("sticky: rename", rename("shared/root", "shared/x"));
		result("sticky: user's", unlink("shared/user"));
		result("open: root's", unlink("open/root"));
		result("rmdir", rmdir("listed"));
		result("chmod", chmod("owner-1", 0640));
		result("chmod of root's", chmod("other-2", 0640));
		result("chmod set-id", chmod("owner-2", 02750));
		stat("owner-2", &status);
		SAY("%o\n", status.st_mode);
		result("chown", chown("owner-3", 0, -1));
		result("chown to group", chown("owner-4", -1, GROUP));
		result("chown to other group", chown("owner-5", -1, GROUP + 9));
		result("chown -1", chown("other-3", -1, -1));
		stat("set-user", &status);
		SAY("%o\n", status.st_mode);
		result("chown of set-user", chown("set-user", -1, GROUP));
		stat("set-user", &status);
		SAY("%o\n", status.st_mode);
		result("utimes", utimes("other-6", NULL));
		result("utimes to a time", utimes("other-6", (struct timeval[2]){{1, 0}, {2, 0}}));
		result("utimes without", utimes("other-4", NULL));
		result("truncate", truncate("other-4", 0));
		result("truncate", truncate("other-6", 0));
		result("noatime", open("other-6", O_RDONLY | O_NOATIME) >= 0);
		mkdir("set-id/folder", 0755);
		stat("set-id/folder", &status);
		SAY("%o %u %u\n", status.st_mode, status.st_uid, status.st_gid);
		close(open("set-id/file", O_CREAT | O_WRONLY, 02755));
		stat("set-id/file", &status);
		SAY("%o %u %u\n", status.st_mode, status.st_uid, status.st_gid);
		rmdir("set-id/folder");
		unlink("set-id/file");
		result("mount", mount("none", "/mnt", "tmpfs", 0, "") && errno == EPERM);
		result("chroot", chroot("/"));
		_exit(0);
	}
}

static void rights(void)
{
	pid_t victim = fork();

	if (victim == 0)
		pause_for_ever();
	CHILD("signals", {
		drop(USER, GROUP);
		result("kill of root's", kill(victim, SIGTERM));
		result("kill 0", kill(victim, 0));
		result("tkill", (long)syscall(SYS_tkill, victim, SIGTERM));
		/* It is in the same session. */
		result("SIGCONT", kill(victim, SIGCONT));
		result("own", kill(getpid(), 0));
	});
	kill(victim, SIGKILL);
	end("victim", victim);
	CHILD("limits", {
		struct rlimit limit = {100, 200};
		struct timespec now = {2000000000, 0};

		setrlimit(RLIMIT_CORE, &limit);
		drop(USER, GROUP);
		limit.rlim_max = 100;
		result("lower", setrlimit(RLIMIT_CORE, &limit));
		limit.rlim_max = 200;
		result("raise", setrlimit(RLIMIT_CORE, &limit));
		result("prlimit of root's",
		       (long)syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, &limit));
		result("clock", clock_settime(CLOCK_REALTIME, &now));
		result("dumpable", prctl(PR_GET_DUMPABLE));
	});
	CHILD("SIGCHLD", {
		pid_t child = fork();
		siginfo_t information;

		if (child == 0) {
			drop(USER, GROUP);
			_exit(3);
		}
		waitid(P_PID, child, &information, WEXITED);
		SAY("uid %u\n", information.si_uid);
	});
}

static void program(const char *path)
{
	char *arguments[] = {"users", "shown", NULL};

	execv(path, arguments);
	SAY("%s\n", errno_text());
}

/* Copies of the program with set-ID bits, executed by others. */
static void set_id(const char *self)
{
	char command[256];

	snprintf(command, sizeof(command), "cp %s %s/users-program", self, folder);
	system(command);
	chdir(folder);
	for (int i = 0; i < 6; i++) {
		static const struct {
			uid_t user;
			gid_t group;
			mode_t mode;
		} kinds[] = {
			{0, 0, 04755},	       {USER + 3, 0, 04755},	     {0, GROUP + 3, 02755},
			{0, GROUP + 3, 02745}, {USER + 3, GROUP + 3, 06755}, {0, 0, 0711},
		};

		chown("users-program", kinds[i].user, kinds[i].group);
		chmod("users-program", kinds[i].mode);
		SAY("kind %d\n", i);
		CHILD("as root", program("./users-program"));
		CHILD("as user", drop(USER, GROUP), program("./users-program"));
		CHILD("without new rights", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
		      drop(USER, GROUP), program("./users-program"));
	}
	CHILD("not executable for others", chmod("users-program", 0750), drop(USER, GROUP),
	      program("./users-program"));
	CHILD("ambient", {
		struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
		struct __user_cap_data_struct data[2];

		chmod("users-program", 0755);
		prctl(PR_SET_KEEPCAPS, 1);
		drop(USER, GROUP);
		syscall(SYS_capget, &header, data);
		data[0].inheritable = data[0].permitted & 1 << CAP_KILL;
		result("capset", syscall(SYS_capset, &header, data));
		result("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
		program("./users-program");
	});
}

int main(int argc, char **argv)
{
	char self[256] = {0};

	if (argc > 1) {
		ids("program");
		capabilities("program");
		SAY("secure %lu, %lu %lu %lu %lu, dumpable %d\n", getauxval(AT_SECURE),
		    getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID),
		    prctl(PR_GET_DUMPABLE));
		return 0;
	}
	readlink("/proc/self/exe", self, sizeof(self) - 1);
	chdir("/");
	setgroups(0, NULL);
	/* Not a shared directory, where the host decides about devices. */
	strcpy(folder, "/dev/shm/users-XXXXXX");
	mkdtemp(folder);
	changes();
	supplementary();
	sets();
	permissions();
	chdir("/");
	CHILD("remove", execl("/bin/rm", "rm", "-rf", folder, NULL));
	rights();
	strcpy(folder, "/tmp/users-XXXXXX");
	mkdtemp(folder);
	set_id(self);
	chdir("/");
	CHILD("remove", execl("/bin/rm", "rm", "-rf", folder, NULL));
	SAY("end\n");
	return 0;
}
