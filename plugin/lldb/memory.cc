/* The target's memory and mappings, as lldb has them. */
#include "plugin/lldb/target.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <map>
#include <unistd.h>

namespace {

const size_t page_size = 4096;
const size_t largest_read = 4 << 20;

/* The number after LABEL in the file PATH; -1: none. */
long
number_in_file(const std::string &path, const char *label)
{
    char line[256];
    long number = -1;
    FILE *file = fopen(path.c_str(), "re");

    if (!file)
        return -1;
    while (number < 0 && fgets(line, sizeof(line), file)) {
        if (strncmp(line, label, strlen(label)) == 0)
            number = strtol(line + strlen(label), nullptr, 10);
    }
    fclose(file);
    return number;
}

/* A part of a module's file in memory, from a page's start on. */
struct segment {
    uint64_t end, offset;
    std::string path;
};

std::map<uint64_t, segment>
loaded_segments(lldb::SBTarget &target)
{
    std::map<uint64_t, segment> segments;

    for (uint32_t i = 0; i < target.GetNumModules(); i++) {
        lldb::SBModule module = target.GetModuleAtIndex(i);
        std::string path = cpt_lldb_path(module.GetFileSpec());

        for (size_t j = 0; j < module.GetNumSections(); j++) {
            lldb::SBSection section = module.GetSectionAtIndex(j);
            uint64_t start = section.GetLoadAddress(target), in_page = start % page_size;

            if (start != LLDB_INVALID_ADDRESS && section.GetFileByteSize() && section.GetFileOffset() >= in_page)
                segments.emplace(start - in_page, segment{start + section.GetFileByteSize(),
                                                          section.GetFileOffset() - in_page, path});
        }
    }
    return segments;
}

/* lldb tells no offsets, and of a core no names of files. A region of a file is a segment of it, or a part of one, or not
   known to lldb: then it lies in the file as it does in memory. */
class file_places {
public:
    explicit file_places(lldb::SBTarget &target) : segments(loaded_segments(target)) {}

    /* Makes NAME that of the file, if there is one, and returns the offset in it. */
    uint64_t of(uint64_t start, std::string &name)
    {
        auto found = segments.upper_bound(start);
        const segment *known = found != segments.begin() && start < (--found)->second.end ? &found->second : nullptr;

        if (known && (name.empty() || name[0] != '/'))
            name = known->path;
        if (name.empty() || name[0] != '/')
            return 0;
        if (name != file) {
            file = name;
            base = start;
        }
        return known && known->path == name ? known->offset + (start - found->first) : start - base;
    }

private:
    std::map<uint64_t, segment> segments;
    std::string file;
    uint64_t base = 0;
};

}

size_t
cpt_lldb_read(lldb::SBProcess &process, uint64_t address, void *buffer, size_t size)
{
    size_t done = 0, most = largest_read;

    /* A server may read nothing at all where the end of a piece cannot be read: then smaller ones tell where that is. */
    while (done < size) {
        size_t to_page_end = page_size - (address + done) % page_size;
        size_t piece = std::min(size - done, most > page_size ? most : to_page_end);
        lldb::SBError error;
        size_t got = process.ReadMemory(address + done, static_cast<char *>(buffer) + done, piece, error);

        done += std::min(got, piece);
        if (got >= piece)
            continue;
        if (piece <= to_page_end)
            break;
        most = std::max(piece / 4 / page_size * page_size, page_size);
    }
    return done;
}

bool
cpt_lldb_traces(lldb::pid_t pid)
{
    long tracer = number_in_file("/proc/" + std::to_string(pid) + "/status", "TracerPid:");

    return tracer > 0 && (number_in_file("/proc/" + std::to_string(tracer) + "/status", "Tgid:") == getpid() ||
                          number_in_file("/proc/" + std::to_string(tracer) + "/status", "PPid:") == getpid());
}

std::string
cpt_lldb_maps(lldb::SBTarget &target, lldb::SBProcess &process)
{
    lldb::SBMemoryRegionInfoList regions = process.GetMemoryRegions();
    file_places places(target);
    std::string text;

    for (uint32_t i = 0; i < regions.GetSize(); i++) {
        lldb::SBMemoryRegionInfo region;
        char line[128];
        std::string name;
        uint64_t offset;

        if (!regions.GetMemoryRegionAtIndex(i, region) || !region.IsMapped())
            continue;
        if (region.GetName())
            name = region.GetName();
        offset = places.of(region.GetRegionBase(), name);
        snprintf(line, sizeof(line), "%" PRIx64 "-%" PRIx64 " %c%c%cp %08" PRIx64 " 00:00 0 ", region.GetRegionBase(),
                 region.GetRegionEnd(), region.IsReadable() ? 'r' : '-', region.IsWritable() ? 'w' : '-',
                 region.IsExecutable() ? 'x' : '-', offset);
        text += line + name + "\n";
    }
    return text;
}
