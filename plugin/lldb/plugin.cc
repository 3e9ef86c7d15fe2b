/* The plugin that `plugin load` takes: every command of the table as a command of lldb's.
 *
 * It is not linked to liblldb: whichever lldb loads it has the symbols. So it keeps to what the API has had unchanged
 * since 14, and asks for the rest at run time.
 */
#include "plugin/lldb/target.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lldb {
__attribute__((visibility("default"))) bool PluginInitialize(SBDebugger debugger);
}

namespace {

/* What one debugger's commands remember. A stop selects anew, in lldb too, and so does another process. */
class memory {
public:
    memory() = default;
    memory(const memory &) = delete;
    memory &operator=(const memory &) = delete;
    ~memory() { cpt_session_free(session); }

    cpt_session *at(lldb::SBProcess &process)
    {
        uint32_t process_now = process.IsValid() ? process.GetUniqueID() : 0;
        uint32_t stop_now = process.IsValid() ? process.GetStopID() : 0;

        if (!session || process_now != process_id || stop_now != stop_id) {
            cpt_session_free(session);
            session = cpt_session_new();
            process_id = process_now;
            stop_id = stop_now;
        }
        return session;
    }

private:
    cpt_session *session = nullptr;
    uint32_t process_id = 0, stop_id = 0;
};

struct answer {
    lldb::SBDebugger *debugger;
    lldb::SBCommandReturnObject *result;
    bool has_output, has_error;
};

bool
write_result(void *arg, const char *bytes, size_t size)
{
    const size_t most = 1 << 16;
    answer *to = static_cast<answer *>(arg);

    for (size_t done = 0; done < size; done += std::min(size - done, most))
        to->result->Printf("%.*s", static_cast<int>(std::min(size - done, most)), bytes + done);
    to->has_output = true;
    return true;
}

/* LINE without PREFIX, or NULL. */
const char *
after(const char *line, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(line, prefix, length) == 0 ? line + length : nullptr;
}

/* What the command tells about its work, if it is asked to, is no part of the result, which may be JSON. */
void
write_aside(lldb::SBDebugger &debugger, const char *line)
{
    std::string text = std::string(line) + "\n";
    lldb::SBFile file = debugger.GetErrorFile();
    size_t written;

    if (file.IsValid())
        file.Write(reinterpret_cast<const uint8_t *>(text.data()), text.size(), &written);
}

/* lldb has its own word before an error. */
void
write_message(void *arg, const char *line)
{
    answer *to = static_cast<answer *>(arg);
    const char *text = after(line, "coreptile: error: ");

    if (!text) {
        write_aside(*to->debugger, line);
        return;
    }
    to->result->SetError(text);
    to->has_error = true;
}

int
terminal_width()
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

class command : public lldb::SBCommandPluginInterface {
public:
    command(const std::string &command_name, const std::shared_ptr<memory> &shared) : name(command_name), kept(shared) {}

    bool DoExecute(lldb::SBDebugger debugger, char **arguments, lldb::SBCommandReturnObject &result) override;

private:
    int run(lldb::SBDebugger &debugger, char **arguments, answer &to);

    std::string name;
    std::shared_ptr<memory> kept;
};

int
command::run(lldb::SBDebugger &debugger, char **arguments, answer &to)
{
    cpt_lldb_interrupt interrupt(debugger.GetCommandInterpreter());
    cpt_lldb_target target;
    std::string refusal;
    cpt_host host = {};
    std::vector<char *> argv = {&name[0], &name[0]};

    target.interrupt = &interrupt;
    if (!cpt_lldb_target_describe(target, debugger, refusal)) {
        to.result->SetError(refusal.c_str());
        to.has_error = true;
        return CPT_EXIT_NOTHING;
    }
    while (arguments && *arguments)
        argv.push_back(*arguments++);
    argv.push_back(nullptr);
    host.arg = &to;
    host.write = write_result;
    host.message = write_message;
    host.input = -1;
    host.width = terminal_width();
    host.color = debugger.GetUseColor();
    target.engine.session = kept->at(target.process);
    return cpt_run_in_debugger(&host, &target.engine, static_cast<int>(argv.size()) - 1, argv.data());
}

bool
command::DoExecute(lldb::SBDebugger debugger, char **arguments, lldb::SBCommandReturnObject &result)
{
    answer to = {&debugger, &result, false, false};
    int status = run(debugger, arguments, to);

    if (status == CPT_EXIT_NOTHING || status == CPT_EXIT_USAGE) {
        if (!to.has_error)
            result.SetError("there is no result");
        result.SetStatus(lldb::eReturnStatusFailed);
        return false;
    }
    result.SetStatus(to.has_output ? lldb::eReturnStatusSuccessFinishResult : lldb::eReturnStatusSuccessFinishNoResult);
    return true;
}

/* PARAGRAPH with no line longer than lldb's terminal, which is 80 columns wide unless told; later lines begin at INDENT. */
std::string
filled(std::string paragraph, size_t indent)
{
    const size_t width = 78;
    std::string out;

    while (paragraph.size() > width) {
        size_t space = paragraph.rfind(' ', width);

        if (space == std::string::npos || space <= indent)
            break;
        out += paragraph.substr(0, space) + "\n";
        paragraph = std::string(indent, ' ') + paragraph.substr(space + 1);
    }
    return out + paragraph + "\n";
}

/* Lines of a help text have up to 120 columns; lldb would leave what comes over on a line of its own. What is told of an
   option goes on in a column of its own. */
std::string
folded(const char *text)
{
    const size_t option_column = 23;
    size_t indent = 0;
    std::string out, paragraph;

    while (*text) {
        std::string line(text, strcspn(text, "\n"));
        size_t begin = std::min(line.find_first_not_of(' '), line.size());
        bool goes_on = !paragraph.empty() && begin < line.size() && begin == indent &&
                       (indent == 0 || indent == option_column);

        if (!goes_on && !paragraph.empty())
            out += filled(paragraph, indent);
        if (!goes_on)
            indent = line[begin] == '-' ? option_column : begin;
        paragraph = goes_on ? paragraph + " " + line.substr(begin) : line;
        if (line.empty())
            out += "\n";
        text += line.size();
        text += *text == '\n';
    }
    return paragraph.empty() ? out : out + filled(paragraph, indent);
}

/* The first line of a help text says how the command is called, which lldb shows by itself. */
void
add_command(lldb::SBCommandInterpreter &interpreter, const cpt_debugger_command &entry,
            const std::shared_ptr<memory> &shared)
{
    std::string name = std::string("py-") + entry.name, syntax;
    char *help = cpt_debugger_help(entry.name);
    const char *usage = help ? after(help, "Usage: ") : nullptr;
    const char *rest = help;

    if (usage) {
        syntax = std::string(usage, strcspn(usage, "\n"));
        rest = usage + syntax.size();
        rest += strspn(rest, "\n");
    }
    lldb::SBCommand added = interpreter.AddCommand(name.c_str(), new command(name, shared), entry.summary,
                                                   syntax.empty() ? nullptr : syntax.c_str());
    if (rest && added.IsValid())
        added.SetHelpLong(folded(rest).c_str());
    free(help);
}

}

bool
lldb::PluginInitialize(SBDebugger debugger)
{
    SBCommandInterpreter interpreter = debugger.GetCommandInterpreter();
    std::shared_ptr<memory> shared = std::make_shared<memory>();
    cpt_debugger_command entry;

    for (size_t i = 0; cpt_debugger_command_get(i, &entry); i++)
        add_command(interpreter, entry, shared);
    return true;
}
