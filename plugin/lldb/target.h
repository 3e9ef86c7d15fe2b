/* What the engine is told of a debugger's current target. */
#ifndef CPT_LLDB_TARGET_H
#define CPT_LLDB_TARGET_H

#include "plugin/lldb/interrupt.h"

#include <lldb/API/LLDB.h>

#include <string>
#include <vector>

extern "C" {
#include "coreanalyze/coreptile.h"
}

/* One command's view of the target; its `engine` points into the rest, so this is neither copied nor moved. */
struct cpt_lldb_target {
    cpt_lldb_target() = default;
    cpt_lldb_target(const cpt_lldb_target &) = delete;
    cpt_lldb_target &operator=(const cpt_lldb_target &) = delete;

    cpt_debugger engine = {};
    const cpt_lldb_interrupt *interrupt = nullptr; /* asked by `engine`'s cancelled */
    lldb::SBProcess process;
    std::string core, executable, sysroot, maps;
    std::vector<cpt_debugger_thread> threads;
};

/* Describes DEBUGGER's selected target, process, thread and frame. False: it is one that cannot be read, and REFUSAL says
   why. */
bool cpt_lldb_target_describe(cpt_lldb_target &target, lldb::SBDebugger &debugger, std::string &refusal);

/* Empty: none. */
std::string cpt_lldb_path(const lldb::SBFileSpec &file);

/* The path of the core file that PROCESS is read from; empty: not known. */
std::string cpt_lldb_core_path(lldb::SBProcess &process);

/* As cpt_debugger's read. */
size_t cpt_lldb_read(lldb::SBProcess &process, uint64_t address, void *buffer, size_t size);

/* Whether PID is a process of this machine that this debugger itself traces: its tracer is this process or the
   lldb-server that it has started, and nobody else's. */
bool cpt_lldb_traces(lldb::pid_t pid);

/* PROCESS's mappings as lldb tells of them, in the form of /proc/PID/maps. */
std::string cpt_lldb_maps(lldb::SBTarget &target, lldb::SBProcess &process);

#endif
