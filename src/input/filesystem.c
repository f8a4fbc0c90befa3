/*
 * filesystem: the table of types, the numbers as in <linux/magic.h>.
 *
 * Knows nothing of mounts: a bind mount has the type of what it shows.
 */
#include "config.h"

#include <stddef.h>

#include "input/filesystem.h"

static const struct filesystem known[] = {
    /* Local disks and memory. */
    {0x0000ef53, "ext4", true}, /* ext2 and ext3 too */
    {0x58465342, "xfs", true},
    {0x9123683e, "btrfs", true},
    {0xf2f52010, "f2fs", true},
    {0x01021994, "tmpfs", true},
    {0x858458f6, "ramfs", true}, /* an initramfs, devtmpfs */
    {0x2fc12fc1, "zfs", true},
    {0xca451a4e, "bcachefs", true},
    {0x794c7630, "overlay", true},
    {0x00004d44, "vfat", true},
    {0x2011bab0, "exfat", true},
    {0x5346544e, "ntfs", true},
    {0x7366746e, "ntfs3", true},
    {0x73717368, "squashfs", true},
    {0xe0f5e1e2, "erofs", true},
    {0x52654973, "reiserfs", true},
    {0x3153464a, "jfs", true},
    {0x00003434, "nilfs2", true},
    {0x00009660, "iso9660", true},
    {0x15013346, "udf", true},
    {0x0000f15f, "ecryptfs", true},
    {0x00004244, "hfs", true},
    {0x0000482b, "hfsplus", true},
    {0x000072b6, "jffs2", true},
    {0x24051905, "ubifs", true},
    {0x0000137f, "minix", true},
    {0x00002468, "minix", true},
    {0x00004d5a, "minix", true},
    {0x28cd3d45, "cramfs", true},

    /* Written to by other machines or by other processes. */
    {0x00006969, "nfs", false},
    {0xff534d42, "cifs", false},
    {0xfe534d42, "smb2", false},
    {0x0000517b, "smb", false},
    {0x65735546, "fuse", false}, /* sshfs, s3fs, virtiofs, gluster */
    {0x65735543, "fusectl", false},
    {0x01021997, "9p", false},
    {0x5346414f, "openafs", false},
    {0x6b414653, "afs", false},
    {0x00c36400, "ceph", false},
    {0x0bd00bd0, "lustre", false},
    {0x47504653, "gpfs", false},
    {0x7461636f, "ocfs2", false},
    {0x01161970, "gfs2", false},
    {0x73757245, "coda", false},
    {0x0000564c, "ncpfs", false},
    {0x20030528, "orangefs", false},
    {0x19830326, "beegfs", false},
    {0xaad7aaea, "panfs", false},
    {0xbacbacbc, "vmhgfs", false},
    {0x786f4256, "vboxsf", false},
    {0x00c0ffee, "hostfs", false},
    {0x00000187, "autofs", false},

    /* Made up by the kernel when they are read. */
    {0x00009fa0, "proc", false},
    {0x62656572, "sysfs", false},
    {0x64626720, "debugfs", false},
    {0x74726163, "tracefs", false},
    {0x63677270, "cgroup2", false},
    {0x0027e0eb, "cgroup", false},
    {0x62656570, "configfs", false},
    {0x73636673, "securityfs", false},
    {0xf97cff8c, "selinuxfs", false},
    {0xcafe4a11, "bpf", false},
    {0x6165676c, "pstore", false},
    {0xde5e81e4, "efivarfs", false},
    {0x00001cd1, "devpts", false},
};

static const struct filesystem unknown = {0, "an unknown file system", false};

const struct filesystem *
filesystem_of_type(uint32_t type)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].type == type)
			return &known[i];
	}
	return &unknown;
}
