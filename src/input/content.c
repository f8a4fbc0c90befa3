/*
 * content: hides whether a generation is read as it lies or unpacked.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bug.h"
#include "input/content.h"

void
content_init(struct content *content, int fd, enum compression compression,
    const struct unpacker *unpacker)
{
	*content = (struct content){.fd = fd};
	if (fstat(fd, &content->before) < 0)
		memset(&content->before, 0, sizeof(content->before));
	if (compression == COMPRESSION_NONE)
		return;
	if (!unpacker)
		BUG("a packed file without anything to unpack it");
	content->unpack = unpack_new(unpacker, fd);
}

void
content_close(struct content *content)
{
	unpack_free(content->unpack);
	if (content->fd >= 0)
		close(content->fd);
	*content = CONTENT_CLOSED;
}

static ssize_t
pread_plain(int fd, void *to, size_t len, uint64_t offset, size_t enough,
    struct err *err)
{
	size_t got = 0;

	/* No file has bytes out there. */
	if (offset > (uint64_t)INT64_MAX - len)
		return 0;
	while (got < enough) {
		ssize_t more = pread(
		    fd, (char *)to + got, len - got, (off_t)(offset + got));

		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return err_set(
			    err, "cannot be read: %s", strerror(errno));
		if (more == 0)
			break;
		got += (size_t)more;
	}
	return (ssize_t)got;
}

ssize_t
content_pread(struct content *content, void *to, size_t len, uint64_t offset,
    size_t enough, struct err *err)
{
	if (enough > len)
		BUG("%zu bytes wanted where %zu have room", enough, len);
	if (content->unpack)
		return unpack_pread(content->unpack, to, len, offset, err);
	return pread_plain(content->fd, to, len, offset, enough, err);
}
