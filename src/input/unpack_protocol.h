/*
 * unpack_protocol: what ctail-unpack says on its standard output.
 *
 *   any number of   u32 length (1 to UNPACK_FRAME_MAX), that many plain bytes
 *   then            u32 0, u8 status
 *
 * Integers are big-endian.  The status is the exit status as well; it is said
 * here because a socket cannot tell one, and so that an end is told from
 * a death.  Over a socket the file comes first: one byte of any value that
 * carries one descriptor (SCM_RIGHTS).
 */
#ifndef CTAIL_INPUT_UNPACK_PROTOCOL_H
#define CTAIL_INPUT_UNPACK_PROTOCOL_H

#define UNPACK_LENGTH_BYTES 4

/* Fills a pipe of the usual size together with its length. */
#define UNPACK_FRAME_MAX (64 * 1024 - UNPACK_LENGTH_BYTES)

enum unpack_status {
	UNPACK_STATUS_COMPLETE = 0,
	UNPACK_STATUS_USAGE = 64,
	UNPACK_STATUS_DAMAGED = 65,
	UNPACK_STATUS_NOT_PACKED = 66,	/* no format that is known */
	UNPACK_STATUS_NOT_BUILT = 69,	/* a known one, which cannot be read */
	UNPACK_STATUS_NO_MEMORY = 71,
	UNPACK_STATUS_IO = 74,		/* input or output failed */
	UNPACK_STATUS_UNFINISHED = 75,
	UNPACK_STATUS_TOO_LARGE = 76,
};

#endif
