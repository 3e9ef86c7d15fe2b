#include "coreanalyze/memory/codec.h"
#include "coreanalyze/memory/core_internal.h"

#include <string.h>

static const char *
machine_name(uint16_t machine)
{
    switch (machine) {
    case EM_386:
        return "32-bit x86";
    case EM_AARCH64:
        return "AArch64";
    case EM_ARM:
        return "32-bit ARM";
    case EM_PPC64:
        return "PowerPC 64";
    case EM_S390:
        return "S/390";
    case EM_RISCV:
        return "RISC-V";
    case EM_LOONGARCH:
        return "LoongArch";
    default:
        return NULL;
    }
}

/* The forms that files come together in, or NULL. */
static const char *
archive_name(const uint8_t *bytes, size_t size)
{
    static const struct {
        size_t at, size;
        const char *magic, *name;
    } archives[] = {
        {257, 5, "ustar", "tar"}, {0, 4, "PK\3\4", "zip"}, {0, 6, "7z\274\257\47\34", "7z"},
        {0, 8, "!<arch>\n", "ar"}, {0, 6, "070701", "cpio"},
    };

    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        if (size >= archives[i].at + archives[i].size &&
            memcmp(bytes + archives[i].at, archives[i].magic, archives[i].size) == 0)
            return archives[i].name;
    }
    return NULL;
}

/* What is compressed was unpacked before it came here: then it is packed twice. */
static cpt_status
refuse_other_file(const char *path, const uint8_t *bytes, size_t size, struct cpt_error *error)
{
    const struct cpt_codec *codec = cpt_codec_find(bytes, size);
    const char *archive = archive_name(bytes, size);

    if (archive) {
        cpt_error_set(error, CPT_UNSUPPORTED, "%s is an archive (%s), not a core", path, archive);
        return cpt_error_hint(error, "take the core out of it first");
    }
    if (!codec)
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s is not an ELF file, so no core", path);
    cpt_error_set(error, CPT_UNSUPPORTED, "%s is compressed (%s) within another compression", path, codec->name);
    cpt_error_hint(error, "decompress it first");
    return CPT_UNSUPPORTED;
}

static cpt_status
refuse_type(const char *path, uint16_t type, struct cpt_error *error)
{
    if (type != ET_EXEC && type != ET_DYN)
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s is an ELF file of type %u, not a core",
                             path, (unsigned)type);
    cpt_error_set(error, CPT_UNSUPPORTED, "%s is an executable or library, not a core", path);
    cpt_error_hint(error, "name a core file or a process id; --exe takes the executable of a core");
    return CPT_UNSUPPORTED;
}

static cpt_status
refuse_machine(const char *path, uint16_t machine, struct cpt_error *error)
{
    const char *name = machine_name(machine);

    if (name)
        return cpt_error_set(error, CPT_UNSUPPORTED, "%s is a core of %s; only x86-64 is supported",
                             path, name);
    return cpt_error_set(error, CPT_UNSUPPORTED,
                         "%s is a core of ELF machine %u; only x86-64 is supported", path,
                         (unsigned)machine);
}

cpt_status
cpt_core_check_header(const char *path, const uint8_t *bytes, size_t size, struct cpt_error *error)
{
    Elf64_Ehdr header;

    if (size < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return refuse_other_file(path, bytes, size, error);
    if (size < sizeof(header))
        return cpt_error_set(error, CPT_CORRUPT, "%s ends within its ELF header", path);
    memcpy(&header, bytes, sizeof(header));
    if (header.e_ident[EI_CLASS] == ELFCLASS32)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "%s is a 32-bit ELF file; only 64-bit cores are supported", path);
    if (header.e_ident[EI_DATA] == ELFDATA2MSB)
        return cpt_error_set(error, CPT_UNSUPPORTED,
                             "%s is a big-endian ELF file; only x86-64 is supported", path);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
        return cpt_error_set(error, CPT_CORRUPT, "%s has a damaged ELF header", path);
    if (header.e_type != ET_CORE)
        return refuse_type(path, header.e_type, error);
    if (header.e_machine != EM_X86_64)
        return refuse_machine(path, header.e_machine, error);
    if (header.e_phentsize != sizeof(Elf64_Phdr))
        return cpt_error_set(error, CPT_CORRUPT, "%s has program headers of %u bytes", path,
                             (unsigned)header.e_phentsize);
    return CPT_OK;
}
