/* Signals during one command. */
#ifndef CPT_LLDB_INTERRUPT_H
#define CPT_LLDB_INTERRUPT_H

#include <lldb/API/LLDB.h>

#include <pthread.h>

/* While one of these lives, interrupts are noticed: lldb's own, which newer ones tell the command's thread alone, and
   SIGINT, which lldb gets as well. And a file that may not become as large as what is written is an error, not lldb's end. */
class cpt_lldb_interrupt {
public:
    explicit cpt_lldb_interrupt(const lldb::SBCommandInterpreter &interpreter);
    ~cpt_lldb_interrupt();
    cpt_lldb_interrupt(const cpt_lldb_interrupt &) = delete;
    cpt_lldb_interrupt &operator=(const cpt_lldb_interrupt &) = delete;

    /* By any thread. */
    bool came() const;

private:
    lldb::SBCommandInterpreter interpreter;
    pthread_t thread;
};

#endif
