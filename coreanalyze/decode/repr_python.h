/* Writers of single classes of the standard library; the table in repr_python.c says whose __repr__ they are. */
#ifndef CPT_DECODE_REPR_PYTHON_H
#define CPT_DECODE_REPR_PYTHON_H

#include "coreanalyze/decode/repr.h"

#define CPT_DECLARE_WRITER(name) cpt_status name(struct cpt_repr *repr, const struct cpt_object *object)

/* repr_stdlib.c */
CPT_DECLARE_WRITER(cpt_write_counter);
CPT_DECLARE_WRITER(cpt_write_chainmap);
CPT_DECLARE_WRITER(cpt_write_user_data);
CPT_DECLARE_WRITER(cpt_write_fraction);
CPT_DECLARE_WRITER(cpt_write_uuid);
/* repr_address.c */
CPT_DECLARE_WRITER(cpt_write_address);
CPT_DECLARE_WRITER(cpt_write_network);
/* repr_path.c */
CPT_DECLARE_WRITER(cpt_write_path);
CPT_DECLARE_WRITER(cpt_write_parents);
/* repr_enum.c */
CPT_DECLARE_WRITER(cpt_write_enum);
CPT_DECLARE_WRITER(cpt_write_global_enum);
CPT_DECLARE_WRITER(cpt_write_global_flag);
CPT_DECLARE_WRITER(cpt_write_regex_flag);
CPT_DECLARE_WRITER(cpt_write_enum_class);
CPT_DECLARE_WRITER(cpt_write_flag_class);
/* repr_threading.c */
CPT_DECLARE_WRITER(cpt_write_thread);
CPT_DECLARE_WRITER(cpt_write_condition);
CPT_DECLARE_WRITER(cpt_write_event);
CPT_DECLARE_WRITER(cpt_write_semaphore);
CPT_DECLARE_WRITER(cpt_write_barrier);

/* The 128 bits as Python's ipaddress writes an IPv6 address, into TEXT of at least 40 bytes. */
void cpt_format_ipv6(unsigned __int128 address, char *text, size_t size);

#endif
