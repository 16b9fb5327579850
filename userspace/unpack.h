/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Images that are packed into one file: compressed, or with what can be calculated left out. They are unpacked once,
 * into a temporary file, and what comes out is looked at as if it were the image.
 */
#ifndef VCD_UNPACK_H
#define VCD_UNPACK_H

#include "image.h"
#include "reader.h"

/** UNPACK_HEAD: how many bytes of the file a packing is recognised by */
#define UNPACK_HEAD	64

/** UNPACK_PENDING: so many bytes are written at once, if what comes out does so in small pieces */
#define UNPACK_PENDING	65536

/**
 * struct unpacking - an image that is being unpacked
 * @image: the image
 * @packed: the packed file
 * @file: the temporary file in image->files; 0: it has not been made
 * @written: how much has come out
 * @pending: the last bytes of that, which are not in the file yet
 * @pending_len: how many
 * @wanted: how much it is going to have; 0: not known
 * @reported: when progress was last told
 */
struct unpacking {
	struct image *image;
	struct reader packed;
	uint32_t file;
	uint64_t written;
	uint8_t *pending;
	size_t pending_len;
	uint64_t wanted;
	uint64_t reported;
};

/**
 * struct packing - a way to pack an image
 * @name: how a person calls it
 * @magic: what the file begins with
 * @len: the length of that
 * @certain: it holds even if a volume can be seen in the packed file
 * @unpack: call unpack_begin() and then unpack_write() with all that comes out
 */
struct packing {
	const char *name;
	const char *magic;
	size_t len;
	bool certain;
	enum image_error (*unpack)(struct unpacking *unpacking);
};

extern const struct packing gzip_packing;
extern const struct packing bzip2_packing;
extern const struct packing xz_packing;
extern const struct packing zstd_packing;
extern const struct packing cso_packing;
extern const struct packing zso_packing;
extern const struct packing isz_packing;
extern const struct packing ecm_packing;
extern uint64_t unpack_limit;

/* unpack.c */
enum image_error unpack_image(struct image *image);
const char *unpack_name(const struct image_file *file);
enum image_error unpack_begin(struct unpacking *unpacking, uint64_t wanted, uint64_t at_least);
enum image_error unpack_write(struct unpacking *unpacking, const void *data, size_t len, uint64_t consumed);
enum image_error unpack_read(struct unpacking *unpacking, uint64_t offset, void *buf, size_t len);
enum image_error unpack_damaged(struct unpacking *unpacking, const char *what);
enum image_error unpack_no_library(struct unpacking *unpacking, const char *library);

/* inflate.c */
bool inflate_load(void);
bool inflate_block(int window_bits, const uint8_t *from, size_t from_len, uint8_t *to, size_t to_len);
bool bunzip2_load(void);
bool bunzip2_block(const uint8_t *from, size_t from_len, uint8_t *to, size_t to_len);

#endif /* VCD_UNPACK_H */
