// SPDX-License-Identifier: GPL-2.0-only
/* Files that people take for an image of a disc and that are something else: told apart to say what to do with them. */
#include <ctype.h>
#include <string.h>

#include "array.h"
#include "image.h"

#define HEAD_SIZE	4096
#define FOOT_SIZE	512

/**
 * struct ends - the two ends of a file
 * @head: its first bytes, zeroes behind its end
 * @foot: its last FOOT_SIZE bytes, zeroes before its start
 * @size: its size
 */
struct ends {
	uint8_t head[HEAD_SIZE];
	uint8_t foot[FOOT_SIZE];
	uint64_t size;
};

/**
 * struct magic - bytes at a place that tell a format
 * @description: completes "this is ..."
 * @bytes: the bytes
 * @len: their number
 * @offset: where they are: from the start, or from the end if negative
 */
struct magic {
	const char *description;
	const char *bytes;
	size_t len;
	int offset;
};

#define MAGIC(at, string, text)	{ .description = (text), .bytes = (string), .len = sizeof(string) - 1, .offset = (at) }

#define UNPACK(what, command)	what "; unpack it first: " command

/* Marks that hold even if there is an ISO 9660 volume at the usual place as well. */
static const struct magic certain[] = {
	MAGIC(0, "BWT5", "a BlindWrite descriptor; convert the image to ISO first: iat"),
	MAGIC(0, "IsZ!", "an ISZ image (compressed ISO); unpack it with the program that made it"),
	MAGIC(0, "CISO", "a CSO image (compressed ISO); unpack it first: maxcso --decompress"),
	MAGIC(0, "ZISO", "a ZSO image (compressed ISO); unpack it first: maxcso --decompress"),
	MAGIC(0, "DAA\0", "a DAA image; convert it to ISO first: poweriso or acetoneiso"),
	MAGIC(0, "GBI\0\0\0\0", "a GBI image; convert it to ISO first: gburner or poweriso"),
	MAGIC(0, "MEDIA DESCRIPTOR\2", "an MDS or MDX image of version 2, which is encrypted; it takes a vcdctl built "
	      "with libMirage 3.3, and the files that it names, or save it as MDS of version 1 or as ISO with the "
	      "program that made it"),
	MAGIC(0, "QFI\xfb", "a qcow2 disk image; convert it first: qemu-img convert -O raw IN OUT"),
	MAGIC(0, "KDMV", "a VMDK disk image; convert it first: qemu-img convert -O raw IN OUT"),
	MAGIC(0, "vhdxfile", "a VHDX disk image; convert it first: qemu-img convert -O raw IN OUT"),
	MAGIC(64, "\x7f\x10\xda\xbe", "a VDI disk image; convert it first: qemu-img convert -O raw IN OUT"),
	MAGIC(-512, "koly", "an Apple DMG image; convert it first: dmg2img IN OUT"),
};

/* Marks that count only if nothing of a disc was found. */
static const struct magic possible[] = {
	MAGIC(0, "\x1f\x8b", UNPACK("compressed with gzip", "gunzip FILE")),
	MAGIC(0, "BZh", UNPACK("compressed with bzip2", "bunzip2 FILE")),
	MAGIC(0, "\xfd" "7zXZ\0", UNPACK("compressed with xz", "unxz FILE")),
	MAGIC(0, "\x28\xb5\x2f\xfd", UNPACK("compressed with zstd", "unzstd FILE")),
	MAGIC(0, "\x04\x22\x4d\x18", UNPACK("compressed with lz4", "unlz4 FILE")),
	MAGIC(0, "LZIP", UNPACK("compressed with lzip", "lzip -d FILE")),
	MAGIC(0, "PK\x03\x04", UNPACK("a zip archive", "unzip FILE")),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", UNPACK("a 7-Zip archive", "7z x FILE")),
	MAGIC(0, "Rar!\x1a\x07", UNPACK("a RAR archive", "unrar x FILE")),
	MAGIC(257, "ustar", UNPACK("a tar archive", "tar -xf FILE")),
	MAGIC(0, "MSWIM\0\0\0", "a Windows image (WIM); it is not a disc"),
	MAGIC(0, "hsqs", "a squashfs file system; to attach the image in it, it must be neither packed nor split"),
	MAGIC(0, "\x7f" "ELF", "a program"),
	MAGIC(0, "%PDF-", "a PDF document"),
	MAGIC(0, "Adaptec CeQuadrat VirtualCD File", "an image of WinOnCD; it takes libMirage"),
	MAGIC(0, "Roxio Image File Format 3.0", "an image of WinOnCD; it takes libMirage"),
	MAGIC(8, "imag", "an image of Easy CD Creator; it takes libMirage"),
	MAGIC(0, "RIFF", "an audio or video file"),
};

static bool has_magic(const struct ends *ends, const struct magic *magic)
{
	const uint8_t *at = magic->offset < 0 ? ends->foot + FOOT_SIZE + magic->offset : ends->head + magic->offset;

	return !memcmp(at, magic->bytes, magic->len);
}

/* Upper-case the first words of a text, blanks squeezed, so that keywords can be looked for. */
static void normalize(const uint8_t *from, char *to, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < HEAD_SIZE && n + 1 < size && from[i]; i++) {
		if (i == 0 && from[0] == 0xEF && from[1] == 0xBB && from[2] == 0xBF) {
			i = 2;
			continue;
		}
		if (!isspace(from[i]))
			to[n++] = (char)toupper(from[i]);
		else if (n && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	to[n] = '\0';
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static const char *describe_text(const struct ends *ends)
{
	char text[HEAD_SIZE + 1];

	normalize(ends->head, text, sizeof(text));
	if (starts(text, "<!DOCTYPE HTML") || starts(text, "<HTML"))
		return "a web page; the download went wrong";
	if (starts(text, "#") && strstr(text, "# X-CD-ROAST"))
		return "a TOC file of X-CD-Roast; it takes libMirage, and the files that it names";
	return NULL;
}

static bool is_disk(const struct ends *ends)
{
	return ends->size >= 512 && ends->head[510] == 0x55 && ends->head[511] == 0xAA;
}

static bool read_ends(const struct reader *reader, struct ends *ends)
{
	size_t head = reader->size < HEAD_SIZE ? (size_t)reader->size : HEAD_SIZE;
	size_t foot = reader->size < FOOT_SIZE ? (size_t)reader->size : FOOT_SIZE;

	memset(ends, 0, sizeof(*ends));
	ends->size = reader->size;
	return !reader_read(reader, 0, ends->head, head) &&
	       !reader_read(reader, reader->size - foot, ends->foot + FOOT_SIZE - foot, foot);
}

/**
 * foreign_describe - is this a known format that cannot be attached?
 * @reader: the file
 * @only_certain: ask only for marks that hold even if a volume of ISO 9660 can be seen in the file
 *
 * Return: what it is and what to do, to complete the sentence "this is ..."; NULL when nothing is known about it.
 */
const char *foreign_describe(const struct reader *reader, bool only_certain)
{
	struct ends ends;
	const char *description;
	size_t i;

	if (!read_ends(reader, &ends))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(certain); i++)
		if (has_magic(&ends, &certain[i]))
			return certain[i].description;
	if (only_certain)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(possible); i++)
		if (has_magic(&ends, &possible[i]))
			return possible[i].description;
	description = describe_text(&ends);
	if (description)
		return description;
	if (is_disk(&ends))
		return "a hard disk or floppy image; use a loop device for it, or add --raw to attach it as a disc";
	return NULL;
}
