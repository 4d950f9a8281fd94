/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests about names and fids. */
#include "requests.h"

int ninep_attach(struct ninep_client *client, u32 fid, const char *user, const char *tree,
		 struct ninep_qid *qid)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	int error;

	ninep_begin(client, &request, NINEP_TATTACH);
	ninep_write_u32(&request, fid);
	ninep_write_u32(&request, NINEP_NO_FID); /* no authentication */
	ninep_write_string(&request, user);
	ninep_write_string(&request, tree);
	ninep_write_u32(&request, 0); /* n_uname: root */
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	ninep_read_qid(&answer, qid);
	return ninep_end(client, &answer);
}

int ninep_walk(struct ninep_client *client, u32 fid, u32 new_fid, const char *name,
	       struct ninep_qid *qid)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	int error;

	ninep_begin(client, &request, NINEP_TWALK);
	ninep_write_u32(&request, fid);
	ninep_write_u32(&request, new_fid);
	ninep_write_u16(&request, name ? 1 : 0);
	if (name)
		ninep_write_string(&request, name);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	if (ninep_read_u16(&answer) != (name ? 1 : 0))
		answer.bad = true;
	if (name)
		ninep_read_qid(&answer, qid);
	return ninep_end(client, &answer);
}

void ninep_clunk(struct ninep_client *client, u32 fid)
{
	struct ninep_writer request;

	ninep_begin(client, &request, NINEP_TCLUNK);
	ninep_write_u32(&request, fid);
	ninep_call(client, &request, NULL);
}

/* type directory[4] name[s], the beginning of many requests. */
static void begin_name(struct ninep_client *client, struct ninep_writer *request, u8 type,
		       u32 folder, const char *name)
{
	ninep_begin(client, request, type);
	ninep_write_u32(request, folder);
	ninep_write_string(request, name);
}

int ninep_create(struct ninep_client *client, u32 fid, const char *name, u32 flags, u32 mode)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TLCREATE, fid, name);
	ninep_write_u32(&request, flags);
	ninep_write_u32(&request, mode);
	ninep_write_u32(&request, 0); /* group */
	return ninep_call(client, &request, NULL);
}

int ninep_mkdir(struct ninep_client *client, u32 folder, const char *name, u32 mode)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TMKDIR, folder, name);
	ninep_write_u32(&request, mode);
	ninep_write_u32(&request, 0);
	return ninep_call(client, &request, NULL);
}

int ninep_mknod(struct ninep_client *client, u32 folder, const char *name, u32 mode, u64 rdev)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TMKNOD, folder, name);
	ninep_write_u32(&request, mode);
	/* uk/device.h, uk_device_number() */
	ninep_write_u32(&request, (u32)(rdev >> 8 & 0xfff));
	ninep_write_u32(&request, (u32)((rdev & 0xff) | (rdev >> 12 & ~0xffUL)));
	ninep_write_u32(&request, 0);
	return ninep_call(client, &request, NULL);
}

int ninep_symlink(struct ninep_client *client, u32 folder, const char *name, const char *target)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TSYMLINK, folder, name);
	ninep_write_string(&request, target);
	ninep_write_u32(&request, 0);
	return ninep_call(client, &request, NULL);
}

int ninep_link(struct ninep_client *client, u32 folder, u32 fid, const char *name)
{
	struct ninep_writer request;

	ninep_begin(client, &request, NINEP_TLINK);
	ninep_write_u32(&request, folder);
	ninep_write_u32(&request, fid);
	ninep_write_string(&request, name);
	return ninep_call(client, &request, NULL);
}

int ninep_rename(struct ninep_client *client, u32 old_folder, const char *old_name, u32 new_folder,
		 const char *new_name)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TRENAMEAT, old_folder, old_name);
	ninep_write_u32(&request, new_folder);
	ninep_write_string(&request, new_name);
	return ninep_call(client, &request, NULL);
}

int ninep_unlink(struct ninep_client *client, u32 folder, const char *name, u32 flags)
{
	struct ninep_writer request;

	begin_name(client, &request, NINEP_TUNLINKAT, folder, name);
	ninep_write_u32(&request, flags);
	return ninep_call(client, &request, NULL);
}
