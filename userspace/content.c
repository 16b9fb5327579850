// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "content.h"

/**
 * content_read - find out what is on a disc
 * @reader: the disc
 * @content: filled
 *
 * Return: 0, whatever was found or not; a negative errno when the disc cannot be read.
 */
int content_read(const struct reader *reader, struct content *content)
{
	int err;

	memset(content, 0, sizeof(*content));
	err = iso9660_read(reader, &content->iso);
	if (!err)
		err = udf_read(reader, &content->udf);
	if (!err)
		err = hfs_read(reader, &content->hfs);
	if (!err)
		err = partition_tables_read(reader, &content->tables);
	if (!err && content->iso.boot_catalogue)
		err = eltorito_read(reader, content->iso.boot_catalogue, &content->boot);
	return err;
}

/**
 * content_is_known - does anything show that these bytes are a disc?
 * @content: from content_read()
 *
 * A partition table alone does not: hard disks have one too.
 */
bool content_is_known(const struct content *content)
{
	return content->iso.present || content->udf.present || content->hfs.hfs || content->hfs.hfs_plus ||
	       content->hfs.partition_map || content->boot.present;
}

/**
 * content_label - the name that the disc is known by
 * @content: from content_read()
 *
 * Return: a string, empty without a name. The order is that of the file systems which a kernel tries: UDF before ISO
 * 9660; of two names in ISO 9660 that of Joliet, if it is the same one with nothing cut or folded to upper case.
 */
const char *content_label(const struct content *content)
{
	if (content->udf.label[0])
		return content->udf.label;
	if (content->iso.joliet_volume[0] && content->iso.volume[0] &&
	    strlen(content->iso.joliet_volume) >= strlen(content->iso.volume))
		return content->iso.joliet_volume;
	if (content->iso.volume[0])
		return content->iso.volume;
	return content->hfs.label;
}
