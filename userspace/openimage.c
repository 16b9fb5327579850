// SPDX-License-Identifier: GPL-2.0-only
#include "openimage.h"
#include "progress.h"
#include "vcdctl.h"

/**
 * open_image - open an image, and say why if that fails
 * @image: to be given to image_close() if this function returns CODE_OK, and only then
 * @path: name of the file
 * @options: what else is said about it
 */
enum exit_code open_image(struct image *image, const char *path, const struct image_options *options)
{
	enum image_error error = image_open_with(image, path, options);

	progress_end();
	if (!error)
		return CODE_OK;
	complain(path, "%s", image->reason);
	image_close(image);
	if (error == IMAGE_CANNOT_OPEN)
		return CODE_NO_INPUT;
	return error == IMAGE_NOT_AN_IMAGE ? CODE_NOT_AN_IMAGE : CODE_INTERNAL;
}
