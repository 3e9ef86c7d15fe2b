/* Which file a core is. lldb tells from 17 on; before, it keeps the file mapped, which the kernel tells. */
#include "plugin/lldb/target.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace {

/* With the class as C++'s ABI passes it to a member function. */
std::string
told_path(lldb::SBProcess &process)
{
    typedef lldb::SBFileSpec (*get_core_file)(lldb::SBProcess *);
    void *symbol = dlsym(RTLD_DEFAULT, "_ZN4lldb9SBProcess11GetCoreFileEv");
    get_core_file function = reinterpret_cast<get_core_file>(symbol);

    return function ? cpt_lldb_path(function(&process)) : "";
}

/* Whether the file, which begins with HEADER, has in its segments what PROCESS has in memory. */
bool
has_same_bytes(int file, const Elf64_Ehdr &header, lldb::SBProcess &process)
{
    const int enough = 16;
    int same = 0;

    for (int i = 0; i < header.e_phnum && same < enough; i++) {
        Elf64_Phdr segment;
        char there[256], here[256];

        if (pread(file, &segment, sizeof(segment), static_cast<off_t>(header.e_phoff + i * sizeof(segment))) !=
            static_cast<ssize_t>(sizeof(segment)))
            return false;
        if (segment.p_type != PT_LOAD || segment.p_filesz < sizeof(here))
            continue;
        if (pread(file, here, sizeof(here), static_cast<off_t>(segment.p_offset)) != static_cast<ssize_t>(sizeof(here)))
            continue;
        if (cpt_lldb_read(process, segment.p_vaddr, there, sizeof(there)) != sizeof(there) ||
            memcmp(here, there, sizeof(here)) != 0)
            return false;
        same++;
    }
    return same > 0;
}

bool
is_core_of(const std::string &path, lldb::SBProcess &process)
{
    Elf64_Ehdr header;
    int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool same = file >= 0 && pread(file, &header, sizeof(header), 0) == static_cast<ssize_t>(sizeof(header)) &&
                memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
                header.e_type == ET_CORE && header.e_phentsize == sizeof(Elf64_Phdr) &&
                has_same_bytes(file, header, process);

    if (file >= 0)
        close(file);
    return same;
}

/* The files that are mapped into this program. */
std::vector<std::string>
mapped_files()
{
    std::vector<std::string> paths;
    char *line = nullptr;
    size_t room = 0;
    ssize_t length;
    FILE *maps = fopen("/proc/self/maps", "re");

    while (maps && (length = getline(&line, &room, maps)) > 0) {
        const char *path = strchr(line, '/');

        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (path && (paths.empty() || paths.back() != path))
            paths.push_back(path);
    }
    free(line);
    if (maps)
        fclose(maps);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

}

std::string
cpt_lldb_core_path(lldb::SBProcess &process)
{
    std::string told = told_path(process);

    if (!told.empty())
        return told;
    for (const std::string &path : mapped_files()) {
        if (is_core_of(path, process))
            return path;
    }
    return "";
}
