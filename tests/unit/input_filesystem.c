/*
 * input_filesystem: where changes are told and where they are not.
 */
#include "config.h"

#include "input/filesystem.h"
#include "tap.h"

static void
test_table(void)
{
	static const struct {
		uint32_t type;
		const char *name;
		bool tells;
	} rows[] = {
	    {0x0000ef53, "ext4", true},
	    {0x58465342, "xfs", true},
	    {0x9123683e, "btrfs", true},
	    {0x01021994, "tmpfs", true},
	    {0x794c7630, "overlay", true},
	    {0x00006969, "nfs", false},
	    {0xff534d42, "cifs", false},
	    {0xfe534d42, "smb2", false},
	    {0x65735546, "fuse", false},
	    {0x01021997, "9p", false},
	    {0x5346414f, "openafs", false},
	    {0x6b414653, "afs", false},
	    {0x00c36400, "ceph", false},
	    {0x0bd00bd0, "lustre", false},
	    {0x00009fa0, "proc", false},
	    {0x62656572, "sysfs", false},
	    {0x64626720, "debugfs", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct filesystem *found =
		    filesystem_of_type(rows[i].type);

		OK(!strcmp(found->name, rows[i].name) &&
			found->tells == rows[i].tells,
		    "%s %s", rows[i].name,
		    rows[i].tells ? "is listened to" : "is polled");
	}
}

static void
test_unknown(void)
{
	const struct filesystem *found = filesystem_of_type(0x12345678);

	OK(!found->tells, "what is not known is polled");
	IS_STR(found->name, "an unknown file system", "and called so");
	OK(!filesystem_of_type(0)->tells, "so is no type at all");
}

int
main(void)
{
	test_table();
	test_unknown();
	return tap_done();
}
