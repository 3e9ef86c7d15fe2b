#include "plugin/lldb/target.h"

#include <cstring>

namespace {

/* As user_regs_struct has them. */
const char *const register_names[CPT_DEBUGGER_REGISTERS] = {
    "r15", "r14", "r13", "r12", "rbp", "rbx", "r11",    "r10", "r9",  "r8",      "rax",     "rcx", "rdx", "rsi",
    "rdi", "orig_rax",   "rip", "cs",  "rflags", "rsp", "ss",  "fs_base", "gs_base", "ds",  "es",  "fs",  "gs",
};
const size_t register_rip = 16;

/* Frame 0 has the thread's own registers; those further out are unwound. One that lldb does not know is all ones. */
cpt_debugger_thread
describe_thread(lldb::SBThread thread)
{
    cpt_debugger_thread told = {};
    lldb::SBFrame frame = thread.GetFrameAtIndex(0);

    told.tid = static_cast<int32_t>(thread.GetThreadID());
    for (size_t i = 0; i < CPT_DEBUGGER_REGISTERS; i++) {
        lldb::SBValue value = frame.FindRegister(register_names[i]);
        lldb::SBError error;
        uint64_t number = value.IsValid() ? value.GetValueAsUnsigned(error) : 0;
        bool known = value.IsValid() && error.Success();

        told.registers[i] = known ? number : UINT64_MAX;
        if (i == register_rip)
            told.has_registers = known;
    }
    return told;
}

uint64_t
known_or_zero(lldb::addr_t address)
{
    return address == LLDB_INVALID_ADDRESS ? 0 : address;
}

void
describe_threads(cpt_lldb_target &target)
{
    uint32_t count = target.process.GetNumThreads();
    lldb::SBThread selected = target.process.GetSelectedThread();

    for (uint32_t i = 0; i < count; i++)
        target.threads.push_back(describe_thread(target.process.GetThreadAtIndex(i)));
    target.engine.threads = target.threads.data();
    target.engine.thread_count = target.threads.size();
    if (!selected.IsValid())
        return;
    target.engine.selected = static_cast<int32_t>(selected.GetThreadID());
    target.engine.start_pc = known_or_zero(selected.GetFrameAtIndex(0).GetPC());
    target.engine.start_sp = known_or_zero(selected.GetFrameAtIndex(0).GetSP());
    target.engine.pc = known_or_zero(selected.GetSelectedFrame().GetPC());
    target.engine.sp = known_or_zero(selected.GetSelectedFrame().GetSP());
}

/* The API sets a platform's root and has nothing that tells it. */
std::string
platform_sysroot(lldb::SBDebugger &debugger)
{
    static const char label[] = "Sysroot: ";
    lldb::SBCommandReturnObject result;
    const char *text, *begin;

    debugger.GetCommandInterpreter().HandleCommand("platform status", result, false);
    text = result.GetOutput();
    begin = text ? strstr(text, label) : nullptr;
    if (!begin)
        return "";
    begin += sizeof(label) - 1;
    return std::string(begin, strcspn(begin, "\n"));
}

enum cpt_debugger_target
kind_of(lldb::SBProcess &process)
{
    const char *plugin;

    switch (process.GetState()) {
    case lldb::eStateInvalid:
    case lldb::eStateUnloaded:
    case lldb::eStateConnected:
    case lldb::eStateDetached:
    case lldb::eStateExited:
        return CPT_DEBUGGER_NOTHING;
    default:
        plugin = process.GetPluginName();
        return plugin && (strstr(plugin, "core") || strstr(plugin, "minidump")) ? CPT_DEBUGGER_CORE
                                                                               : CPT_DEBUGGER_PROCESS;
    }
}

bool
is_running(lldb::StateType state)
{
    return state != lldb::eStateStopped && state != lldb::eStateCrashed && state != lldb::eStateSuspended;
}

bool
is_foreign(lldb::SBTarget &target, std::string &refusal)
{
    const char *triple = target.GetTriple();

    if (!triple || strncmp(triple, "x86_64-", 7) == 0)
        return false;
    refusal = std::string("the target is of another architecture than x86-64: ") + triple;
    return true;
}

size_t
read_target(void *arg, uint64_t address, void *buffer, size_t size)
{
    return cpt_lldb_read(static_cast<cpt_lldb_target *>(arg)->process, address, buffer, size);
}

bool
was_cancelled(void *arg)
{
    return static_cast<cpt_lldb_target *>(arg)->interrupt->came();
}

const char *
text_or_null(const std::string &text)
{
    return text.empty() ? nullptr : text.c_str();
}

/* What belongs to one that stands still. */
void
describe_stopped(cpt_lldb_target &target, lldb::SBTarget &selected, lldb::SBDebugger &debugger)
{
    bool local = false;

    if (target.engine.target == CPT_DEBUGGER_CORE)
        target.core = cpt_lldb_core_path(target.process);
    else
        local = cpt_lldb_traces(target.process.GetProcessID());
    target.engine.remote = target.engine.target == CPT_DEBUGGER_PROCESS && !local;
    target.executable = cpt_lldb_path(selected.GetExecutable());
    if (!local) {
        target.sysroot = platform_sysroot(debugger);
        target.maps = cpt_lldb_maps(selected, target.process);
    }
    target.engine.core = text_or_null(target.core);
    target.engine.executable = text_or_null(target.executable);
    target.engine.sysroot = text_or_null(target.sysroot);
    target.engine.maps = text_or_null(target.maps);
    describe_threads(target);
}

}

std::string
cpt_lldb_path(const lldb::SBFileSpec &file)
{
    char path[4096];

    return file.IsValid() && file.GetPath(path, sizeof(path)) < sizeof(path) ? path : "";
}

bool
cpt_lldb_target_describe(cpt_lldb_target &target, lldb::SBDebugger &debugger, std::string &refusal)
{
    lldb::SBTarget selected = debugger.GetSelectedTarget();

    target.engine.name = "lldb";
    target.engine.arg = &target;
    target.engine.read = read_target;
    target.engine.cancelled = target.interrupt ? was_cancelled : nullptr;
    target.process = selected.GetProcess();
    target.engine.target = kind_of(target.process);
    if (target.engine.target == CPT_DEBUGGER_NOTHING)
        return true;
    target.engine.pid = static_cast<int32_t>(target.process.GetProcessID());
    target.engine.running = is_running(target.process.GetState());
    if (target.engine.running)
        return true;
    if (is_foreign(selected, refusal))
        return false;
    describe_stopped(target, selected, debugger);
    return true;
}
