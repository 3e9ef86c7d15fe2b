/* How much may still be written somewhere without taking the last of it from everybody else. */
#ifndef CPT_MEMORY_ROOM_H
#define CPT_MEMORY_ROOM_H

#include <stdint.h>

/* Bytes that the file system of FD can take, and where that is one in memory, the memory too. What
   cannot be found out is no limit: UINT64_MAX. */
uint64_t cpt_room_for(int fd);

/* Bytes of memory, of the machine and of the control group that we are in. */
uint64_t cpt_room_in_memory(void);

/* Bytes that a decompressor may take: what there is of it, up to CPT_MAX_DECODER_MEMORY, but no less than the usual
   forms need (CPT_MIN_DECODER_MEMORY). */
uint64_t cpt_room_for_decoder(void);

#endif
