#include "tests/synthetic/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(scene) (&(scene)->world.layout->at)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FIRST_IDENT UINT64_C(0x7f0000001700)
#define NEXT_IDENT UINT64_C(0x1000000)
#define PTHREAD_TID_AT 720 /* glibc's struct pthread */
#define C_STACK UINT64_C(0x7fff00000000)
#define SYSCALL_READ 0
#define SYSCALL_FUTEX 202

/* enum _frameowner */
enum { OWNED_BY_THREAD, OWNED_BY_GENERATOR, OWNED_BY_FRAME_OBJECT, OWNED_BY_C_STACK };

/* The frames of each thread that has any, innermost first. */
struct frame_spec {
    const char *name, *qualname;
    enum object_str form;
    int32_t first_line;
    unsigned units;
    int lasti;
    int owner;
};

static const struct frame_spec frame_specs[] = {
    {"caf\u00e9", "Bar.caf\u00e9", STR_SMALLEST, 17, 20, 38, OWNED_BY_THREAD},
    {"\u0444\u0443\u043d\u043a\u0446\u0438\u044f", "\u0444\u0443\u043d\u043a\u0446\u0438\u044f",
     STR_SMALLEST, 100, 6, 0, OWNED_BY_GENERATOR},
    {"\U0001d4bb\u00fc", "A.<locals>.\U0001d4bb\u00fc", STR_SMALLEST, 4000000, 2, 2,
     OWNED_BY_THREAD},
    {"apart", "Apart.apart", STR_NOT_COMPACT, 1, 90, 170, OWNED_BY_FRAME_OBJECT},
    {"legacy_\u20ac", "legacy_\u20ac", STR_LEGACY, 7, 8, 12, OWNED_BY_THREAD},
    {"<module>", "<module>", STR_SMALLEST, 1, 4, 6, OWNED_BY_THREAD},
};

#define SPEC_COUNT COUNT(frame_specs)
#define LAST_OF_SUB 2 /* threads of the other interpreter have the first few of them */

static const char *const thread_names[SCENE_THREADS] = {
    "MainThread",
    "Worker-\u00e9",
    "\u0420\u0430\u0431\u043e\u0447\u0438\u0439",
    "\U0001f40d thread",
    NULL,
    "apart",
    NULL,
};

/* Names are the least important: what leads to them may be passed over. */
static void
begin_hints(struct world *world, unsigned touches)
{
    world->touches = touches;
    world->least = WORLD_HINT;
}

static void
end_hints(struct world *world)
{
    world->least = WORLD_POINTER;
}

/* --- frames ---------------------------------------------------------------------------------- */

static bool
has_frame_objects(const struct cpt_layout_fields *at)
{
    return CPT_HAS(at->frame.f_lasti);
}

static size_t
frame_size(const struct cpt_layout_fields *at)
{
    return (size_t)(has_frame_objects(at) ? at->frame.size : at->iframe.size);
}

/* Fills the frame at FRAME in, which runs CODE and was called by BACK. */
static void
put_frame(struct scene *scene, uint64_t frame, uint64_t code, uint64_t back, int lasti, int owner)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;
    uint64_t instruction = code + (uint64_t)(int64_t)at->code.co_code_adaptive +
                           (uint64_t)(int64_t)lasti;
    /* From 3.14 references are tagged; a code object's is mostly a deferred one. */
    uint64_t reference = CPT_HAS(at->iframe.stackpointer) ? code | 1 : code;

    if (has_frame_objects(at)) {
        world_point(world, "frame.f_back", frame, at->frame.f_back, back, WORLD_LINK);
        world_point(world, "frame.f_code", frame, at->frame.f_code, code, WORLD_POINTER);
        world_put(world, "frame.f_lasti", frame, at->frame.f_lasti, 4,
                  (uint32_t)(CPT_HAS(at->frame.f_state) ? lasti / 2 : lasti), WORLD_DATA);
        return;
    }
    world_point(world, "iframe.previous", frame, at->iframe.previous, back, WORLD_LINK);
    world_put(world, "iframe.f_executable", frame, at->iframe.f_executable, 8, reference,
              WORLD_POINTER);
    world_put(world, "iframe.prev_instr", frame, at->iframe.prev_instr, 8, instruction,
              WORLD_PLACE);
    world_put(world, "iframe.instr_ptr", frame, at->iframe.instr_ptr, 8, instruction, WORLD_PLACE);
    world_put(world, "iframe.owner", frame, at->iframe.owner, 1, (uint64_t)owner, WORLD_DATA);
}

static uint64_t
add_frame(struct scene *scene, uint64_t code, uint64_t back, int lasti, int owner)
{
    uint64_t frame = world_add(&scene->world, "frame", frame_size(AT(scene)));

    put_frame(scene, frame, code, back, lasti, owner);
    return frame;
}

/* The interpreter's own frame, as the evaluation loop is entered (3.12+): most of it is garbage. */
static uint64_t
add_entry_frame(struct scene *scene, uint64_t back)
{
    const struct cpt_layout_fields *at = AT(scene);
    uint64_t frame;

    if (!CPT_HAS(at->interp.ceval_gil))
        return back;
    frame = world_add(&scene->world, "entry frame", frame_size(at));
    memset(world_bytes(&scene->world, frame, frame_size(at)), 0xa5, frame_size(at));
    world_point(&scene->world, "iframe.previous", frame, at->iframe.previous, back, WORLD_LINK);
    world_put(&scene->world, "iframe.f_executable", frame, at->iframe.f_executable, 8,
              object_none(&scene->world), WORLD_DATA);
    world_put(&scene->world, "iframe.owner", frame, at->iframe.owner, 1,
              CPT_HAS(at->iframe.stackpointer) && back ? OWNED_BY_C_STACK + 1 : OWNED_BY_C_STACK,
              WORLD_DATA);
    return frame;
}

static struct object_code
code_of(struct scene *scene, const struct frame_spec *spec, const char *file)
{
    struct world *world = &scene->world;

    return (struct object_code){.name = object_str(world, spec->name, spec->form),
                                .qualname = CPT_HAS(AT(scene)->code.co_qualname)
                                                ? object_str(world, spec->qualname, STR_SMALLEST)
                                                : 0,
                                .file = object_str(world, file, STR_SMALLEST),
                                .first_line = spec->first_line,
                                .units = spec->units,
                                .traceable_at = spec->units > 4 ? 2 : 0};
}

static void
add_spec_frame(struct scene *scene, size_t thread, const struct frame_spec *spec, size_t i)
{
    struct scene_frame *expected = &scene->threads[thread].frames[i];
    struct object_code code;

    snprintf(expected->file, sizeof(expected->file), "/srv/%zu/\u00fc%zu.py", thread, i);
    expected->name = spec->name;
    expected->qualname = CPT_HAS(AT(scene)->code.co_qualname) ? spec->qualname : NULL;
    code = code_of(scene, spec, expected->file);
    expected->place = object_code_place(scene->world.layout, &code, spec->lasti);
    scene->frame_of[thread] = add_frame(scene, object_code(&scene->world, &code),
                                        scene->frame_of[thread], spec->lasti, spec->owner);
}

/* A frame that is still being set up: CPython does not show it, and so must we. */
static void
add_incomplete_frame(struct scene *scene, size_t thread)
{
    static const struct frame_spec spec = {"unready", "unready", STR_SMALLEST,   5,
                                           10,        0,         OWNED_BY_THREAD};
    struct object_code code;

    if (!CPT_HAS(AT(scene)->code.co_firsttraceable))
        return;
    code = code_of(scene, &spec, "/srv/unready.py");
    scene->frame_of[thread] = add_frame(scene, object_code(&scene->world, &code),
                                        scene->frame_of[thread], 0, OWNED_BY_THREAD);
}

static void
add_frames(struct scene *scene, size_t thread)
{
    size_t first = thread >= SCENE_FIRST_OF_SUB ? SPEC_COUNT - LAST_OF_SUB : 0;

    scene->threads[thread].frame_count = SPEC_COUNT - first;
    scene->frame_of[thread] = add_entry_frame(scene, 0);
    for (size_t i = SPEC_COUNT; i-- > first;) {
        add_spec_frame(scene, thread, &frame_specs[i], i - first);
        if (i == 3)
            scene->frame_of[thread] = add_entry_frame(scene, scene->frame_of[thread]);
    }
    scene->shown_frame_of[thread] = scene->frame_of[thread];
    add_incomplete_frame(scene, thread);
}

/* COUNT frames of one function in one piece of memory, as on a data stack. */
static void
add_deep_frames(struct scene *scene, size_t thread, size_t count, size_t cycle)
{
    static const struct frame_spec spec = {"deep", "deep", STR_SMALLEST,   30,
                                           40,     44,     OWNED_BY_THREAD};
    struct object_code code = code_of(scene, &spec, "/srv/deep.py");
    uint64_t object = object_code(&scene->world, &code);
    size_t size = frame_size(AT(scene));
    uint64_t frames = world_add(&scene->world, "frames", size * count);

    for (size_t i = 0; i < count; i++) {
        uint64_t back = i + 1 < count ? frames + (i + 1) * size : 0;

        if (!back && cycle)
            back = frames + (count - cycle) * size;
        put_frame(scene, frames + i * size, object, back, spec.lasti, spec.owner);
    }
    scene->frame_of[thread] = frames;
}

/* --- threads --------------------------------------------------------------------------------- */

/* Bits of the threads of the same interpreter that come after THREAD in its list, which begins with
   the newest. */
static unsigned
behind(size_t thread)
{
    unsigned older = (1u << thread) - 1;

    return thread >= SCENE_FIRST_OF_SUB ? older & ~((1u << SCENE_FIRST_OF_SUB) - 1) : older;
}

static uint64_t
interp_of(const struct scene *scene, size_t thread)
{
    return scene->interp[thread >= SCENE_FIRST_OF_SUB];
}

static void
point_at_frame(struct scene *scene, uint64_t tstate, uint64_t frame)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;
    uint64_t cframe, root;

    world_point(world, "tstate.frame", tstate, at->tstate.frame, frame, WORLD_LINK);
    world_point(world, "tstate.current_frame", tstate, at->tstate.current_frame, frame, WORLD_LINK);
    if (!CPT_HAS(at->cframe.current_frame))
        return;
    /* root_cframe, the last field of the thread state. */
    root = tstate + (uint64_t)(at->tstate.size - at->cframe.size);
    if (!frame) {
        world_point(world, "tstate.cframe", tstate, at->tstate.cframe, root, WORLD_RAW);
        return;
    }
    cframe = world_add(world, "cframe", (size_t)at->cframe.size);
    world_point(world, "tstate.cframe", tstate, at->tstate.cframe, cframe, WORLD_RAW);
    world_point(world, "cframe.previous", cframe, at->cframe.previous, root, WORLD_RAW);
    world_point(world, "cframe.current_frame", cframe, at->cframe.current_frame, frame, WORLD_LINK);
}

static void
add_thread(struct scene *scene, size_t i, uint64_t next)
{
    struct scene_thread *thread = &scene->threads[i];
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;
    uint64_t tstate;

    world->touches = 1u << i;
    tstate = thread->address = world_add(world, "tstate", (size_t)at->tstate.size);
    world_point(world, "tstate.interp", tstate, at->tstate.interp, interp_of(scene, i),
                WORLD_POINTER);
    world_put(world, "tstate.thread_id", tstate, at->tstate.thread_id, 8, thread->ident,
              WORLD_DATA);
    world_put(world, "tstate.native_thread_id", tstate, at->tstate.native_thread_id, 8,
              thread->ident ? (uint64_t)(SCENE_PID + (int)i) : 0, WORLD_DATA);
    point_at_frame(scene, tstate, scene->frame_of[i]);
    world->touches = 1u << i | behind(i);
    world_point(world, "tstate.next", tstate, at->tstate.next, next, WORLD_LINK);
}

/* The kernel's view. Every other thread is found by its thread pointer, the rest by native ids,
   which to 3.10 only glibc has. */
static void
add_task(struct scene *scene, size_t i)
{
    struct cpt_task *task = &scene->tasks[i];
    struct scene_thread *thread = &scene->threads[i];

    task->tid = thread->native_id = SCENE_PID + (int32_t)i;
    snprintf(task->name, sizeof(task->name), "kernel-%zu", i);
    task->syscall = -1;
    if (i % 2 == 0) {
        task->has_registers = true;
        task->thread_pointer = thread->ident;
        task->sp = C_STACK + (i << 24);
    }
}

static void
add_pthreads(struct scene *scene)
{
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        uint32_t tid = (uint32_t)(SCENE_PID + (int)i);

        if (i % 2 == 0 || CPT_HAS(AT(scene)->tstate.native_thread_id))
            continue;
        scene->world.touches = 1u << i;
        world_add_at(&scene->world, "struct pthread", scene->threads[i].ident, PTHREAD_TID_AT + 16);
        world_put(&scene->world, "pthread.tid", scene->threads[i].ident, PTHREAD_TID_AT, 4, tid,
                  WORLD_DATA);
    }
}

/* --- names ----------------------------------------------------------------------------------- */

/* threading._active of an interpreter, of the threads [FIRST, END) that have a name. */
static uint64_t
add_active(struct scene *scene, size_t first, size_t end)
{
    struct world *world = &scene->world;
    struct object_item items[SCENE_THREADS];
    uint64_t keys[3] = {object_str(world, "_target", STR_SMALLEST),
                        object_str(world, "_name", STR_SMALLEST),
                        object_str(world, "_daemonic", STR_SMALLEST)};
    uint64_t type = object_class(world, keys, COUNT(keys));
    size_t count = 0;

    for (size_t i = first; i < end; i++) {
        uint64_t values[3] = {0, 0, object_none(world)};

        if (!thread_names[i])
            continue;
        world->touches = 1u << i;
        values[1] = object_str(world, thread_names[i],
                               i == SCENE_FIRST_OF_SUB ? STR_NOT_COMPACT : STR_SMALLEST);
        items[count].key = object_int(world, scene->threads[i].ident);
        items[count++].value = object_instance(world, type, keys, values, COUNT(keys),
                                               i % 2 ? ATTRIBUTES_DICT : ATTRIBUTES_SHARED);
        scene->threads[i].name = thread_names[i];
    }
    world->touches = ((1u << end) - 1) & ~((1u << first) - 1);
    return object_dict(world, items, count, false);
}

/* sys.modules, with more in it than is looked for. */
static uint64_t
add_modules(struct scene *scene, size_t first, size_t end)
{
    struct world *world = &scene->world;
    unsigned touches = ((1u << end) - 1) & ~((1u << first) - 1);
    struct object_item globals[2], modules[2];
    uint64_t dict;

    begin_hints(world, touches);
    globals[0] = (struct object_item){object_str(world, "__name__", STR_SMALLEST),
                                      object_str(world, "threading", STR_SMALLEST)};
    globals[1] = (struct object_item){object_str(world, "_active", STR_SMALLEST),
                                      add_active(scene, first, end)};
    modules[0] = (struct object_item){object_str(world, "\u043c\u043e\u0434", STR_SMALLEST),
                                      object_none(world)};
    dict = object_dict(world, globals, COUNT(globals), true);
    modules[1] = (struct object_item){object_str(world, "threading", STR_SMALLEST),
                                      object_module(world, dict)};
    dict = object_dict(world, modules, COUNT(modules), true);
    end_hints(world);
    return dict;
}

/* --- interpreters ---------------------------------------------------------------------------- */

/* The GIL at *GIL: one of the runtime's to 3.11, else the interpreter's own. */
static void
put_gil(struct scene *scene, size_t which, uint64_t holder, unsigned touches)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;

    world->touches = touches;
    if (CPT_HAS(at->interp.ceval_gil)) {
        scene->gil[which] = world_add(world, "gil", (size_t)at->gil.size);
        world_point(world, "interp.ceval_gil", scene->interp[which], at->interp.ceval_gil,
                    scene->gil[which], WORLD_HINT);
    } else if (which == 0) {
        scene->gil[which] = scene->runtime + (uint64_t)at->runtime.ceval_gil;
    } else {
        return;
    }
    world_put(world, "gil.last_holder", scene->gil[which], at->gil.last_holder, 8, holder,
              WORLD_DATA);
    world_put(world, "gil.locked", scene->gil[which], at->gil.locked, 4, holder != 0, WORLD_DATA);
}

#define OF_MAIN ((1u << SCENE_FIRST_OF_SUB) - 1)
#define OF_ALL ((1u << SCENE_THREADS) - 1)

static void
fill_interpreter(struct scene *scene, size_t which, uint64_t next, uint64_t first_thread)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;
    uint64_t interp = scene->interp[which], modules;
    size_t first = which ? SCENE_FIRST_OF_SUB : 0, end = which ? SCENE_THREADS : SCENE_FIRST_OF_SUB;
    unsigned own = which ? OF_ALL & ~OF_MAIN : OF_MAIN;

    modules = add_modules(scene, first, end);
    world->touches = own;
    world_put(world, "interp.id", interp, at->interp.id, 8, which, WORLD_DATA);
    world_point(world, "interp.threads_head", interp, at->interp.threads_head, first_thread,
                WORLD_RAW);
    world_point(world, "interp.modules", interp, at->interp.modules, modules, WORLD_HINT);
    world_point(world, "interp.sysdict", interp, at->interp.sysdict,
                object_dict(world, NULL, 0, true), WORLD_HINT);
    world->touches = which ? OF_ALL : own;
    world_point(world, "interp.next", interp, at->interp.next, next, WORLD_LINK);
}

static void
fill_runtime(struct scene *scene)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;

    world->touches = OF_ALL;
    world_point(world, "runtime.interpreters_head", scene->runtime, at->runtime.interpreters_head,
                scene->interp[1], WORLD_POINTER);
    world_point(world, "runtime.interpreters_main", scene->runtime, at->runtime.interpreters_main,
                scene->interp[0], WORLD_POINTER);
    world_put(world, "runtime.main_thread", scene->runtime, at->runtime.main_thread, 8,
              scene->threads[0].ident, WORLD_DATA);
}

/* --- what threads do ------------------------------------------------------------------------- */

static void
put_statuses(struct scene *scene, const struct scene_options *options)
{
    bool own_gils = CPT_HAS(AT(scene)->interp.ceval_gil);
    struct cpt_task *waiting = &scene->tasks[2], *idle = &scene->tasks[4];

    put_gil(scene, 0, options->gil_free ? 0 : scene->threads[1].address, OF_ALL);
    put_gil(scene, 1, options->gil_free ? 0 : scene->threads[5].address, OF_ALL & ~OF_MAIN);
    if (!options->gil_free) {
        scene->threads[1].status |= CPT_THREAD_HOLDS_GIL;
        scene->threads[5].status |= own_gils ? CPT_THREAD_HOLDS_GIL : 0;
    }
    waiting->in_syscall = idle->in_syscall = true;
    waiting->syscall = SYSCALL_FUTEX;
    waiting->syscall_argument = scene->gil[0] + 40;
    idle->syscall = SYSCALL_READ;
    scene->threads[2].status |= CPT_THREAD_WAITS_FOR_GIL;
    scene->threads[4].status |= CPT_THREAD_IDLE;
}

/* The collector's lists on the C stack of thread I: an empty one points at itself. */
static void
add_collector_lists(struct scene *scene, size_t i)
{
    uint64_t sp = scene->tasks[i].sp, list = sp + 1024;

    scene->world.touches = OF_MAIN;
    world_add_at(&scene->world, "C stack", sp, 4096);
    world_put(&scene->world, "gc_head.next", list, 0, 8, list, WORLD_DATA);
    world_put(&scene->world, "gc_head.prev", list, 8, 8, list, WORLD_DATA);
}

static void
put_collector(struct scene *scene, const struct scene_options *options)
{
    const struct cpt_layout_fields *at = AT(scene);
    uint64_t gc = scene->interp[0] + (uint64_t)(int64_t)at->interp.gc;
    bool by_frame = options->collector_frame && CPT_HAS(at->gc.frame);
    size_t collector = by_frame || options->collector_stack ? 2 : 1;

    if (!options->collecting)
        return;
    scene->world.touches = OF_ALL;
    if (CPT_HAS(at->runtime.gc_collecting))
        world_put(&scene->world, "runtime.gc_collecting", scene->runtime, at->runtime.gc_collecting,
                  4, 1, WORLD_DATA);
    else if (CPT_HAS(at->interp.gc))
        world_put(&scene->world, "gc.collecting", gc, at->gc.collecting, 4, 1, WORLD_DATA);
    else
        return;
    if (by_frame)
        world_put(&scene->world, "gc.frame", gc, at->gc.frame, 8, scene->shown_frame_of[2],
                  WORLD_DATA);
    scene->threads[collector].status |= CPT_THREAD_COLLECTS_GARBAGE;
}

static void
put_finalizing(struct scene *scene, const struct scene_options *options)
{
    const struct cpt_layout_fields *at = AT(scene);
    struct world *world = &scene->world;

    if (!options->finalizing)
        return;
    world->touches = OF_ALL;
    world_put(world, "runtime.finalizing", scene->runtime, at->runtime.finalizing, 8,
              scene->threads[0].address, WORLD_DATA);
    scene->threads[0].status |= CPT_THREAD_FINALIZING;
    if (!CPT_HAS(at->interp.finalizing))
        return;
    world_put(world, "interp.finalizing", scene->interp[1], at->interp.finalizing, 8,
              scene->threads[5].address, WORLD_DATA);
    scene->threads[5].status |= CPT_THREAD_FINALIZING;
}

/* --- all of it ------------------------------------------------------------------------------- */

static void
add_threads(struct scene *scene, const struct scene_options *options)
{
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        struct scene_thread *thread = &scene->threads[i];
        bool first = i == 0 || i == SCENE_FIRST_OF_SUB;

        scene->world.touches = 1u << i;
        thread->interpreter = i >= SCENE_FIRST_OF_SUB;
        thread->main = i == 0;
        if (i + 1 < SCENE_THREADS) {
            thread->ident = FIRST_IDENT + i * NEXT_IDENT;
            add_task(scene, i);
            if (i == 3 && options->deep)
                add_deep_frames(scene, i, options->deep, options->cycle);
            else
                add_frames(scene, i);
        }
        add_thread(scene, i, first ? 0 : scene->threads[i - 1].address);
    }
    scene->threads[4].name = scene->tasks[4].name;
    scene->tasks[SCENE_TASKS - 1].tid = SCENE_PID + 100;
    scene->tasks[SCENE_TASKS - 1].syscall = -1;
}

void
scene_build(struct scene *scene, const struct cpt_layout *layout,
            const struct scene_options *options)
{
    const struct cpt_layout_fields *at = &layout->at;
    struct world *world = &scene->world;

    memset(scene, 0, sizeof(*scene));
    world_init(world, layout);
    world->touches = OF_ALL;
    scene->runtime = world_add(world, "runtime", (size_t)at->runtime.size);
    scene->interp[1] = world_add(world, "interpreter", (size_t)at->interp.size);
    world->touches = OF_MAIN;
    scene->interp[0] = world_add(world, "interpreter", (size_t)at->interp.size);
    add_threads(scene, options);
    fill_interpreter(scene, 0, 0, scene->threads[SCENE_FIRST_OF_SUB - 1].address);
    fill_interpreter(scene, 1, scene->interp[0], scene->threads[SCENE_THREADS - 1].address);
    fill_runtime(scene);
    put_statuses(scene, options);
    put_collector(scene, options);
    put_finalizing(scene, options);
    add_pthreads(scene);
    if (options->collector_stack)
        add_collector_lists(scene, 2);
}

void
scene_free(struct scene *scene)
{
    world_free(&scene->world);
}
