/* Copying from another process's memory. */
#ifndef CPT_MEMORY_REMOTE_H
#define CPT_MEMORY_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_remote {
    int32_t tid; /* any thread of the process that has not ended */
    int mem_fd;  /* its /proc/PID/mem where process_vm_readv is of no use, else -1 */
};

/* Makes sure that the process can be read at all, by reading a byte at ADDRESS (which need not
   be there). Where process_vm_readv does not work, opens "mem" in DIRECTORY, /proc/PID. Returns
   0 or an errno. */
int cpt_remote_check(struct cpt_remote *remote, int directory, uint64_t address);

/* Copies from ADDRESS up to SIZE bytes straight into BUFFER; returns how many there are before
   the first that cannot be read. ARG is a struct cpt_remote (the form that cpt_cache_fill
   needs). */
size_t cpt_remote_read(void *arg, uint64_t address, void *buffer, size_t size);

/* Copies the COUNT pages of 4096 bytes with the numbers PAGES into BUFFER, one behind the other, in
   few system calls; returns how many could be read before the first that cannot (the form that
   cpt_cache_fill_many needs). */
size_t cpt_remote_read_pages(void *arg, const uint64_t *pages, size_t count, void *buffer);

#endif
