/*
 * json_judge <FRAMES: says what jansson refuses of bodies that were received.
 *
 * A frame is a length in 4 bytes, most significant first, and a body.
 * jansson refuses what is no UTF-8, two members of one name, and whatever else
 * is not JSON.
 */
#include "config.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BODY_BYTES ((size_t)1 << 20)
#define FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

/* Returns its length; 0 at the end, or when there is less than announced. */
static size_t
read_body(char *body)
{
	unsigned char head[4];
	size_t len;

	if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
		return 0;
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	      (size_t)head[2] << 8 | head[3];
	return len <= BODY_BYTES && fread(body, 1, len, stdin) == len ? len : 0;
}

int
main(void)
{
	char *body = malloc(BODY_BYTES);
	size_t len, number = 0;
	int status = EXIT_SUCCESS;

	while (body && (len = read_body(body)) > 0) {
		json_error_t error;
		json_t *root = json_loadb(body, len, FLAGS, &error);

		number++;
		if (!root) {
			printf("body %zu: %s at byte %d\n", number, error.text,
			    error.position);
			status = EXIT_FAILURE;
		}
		json_decref(root);
	}
	free(body);
	printf("%zu bodies\n", number);
	return status;
}
