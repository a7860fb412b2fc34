# SPDX-License-Identifier: BSD-2-Clause
"""What gdb knows of a running Almond: the kernel's objects, read from its
memory. Commands:

    program NAME     load the symbols of one program of the image
    tasks            all address spaces
    threads          all threads, with what they do
    thread-bt NAME   the stack of a thread that is not running: task/thread
    threads-bt       the stacks of all threads
"""
import gdb

PHYS_BASE = 0xFFFF800000000000
PTE_PRESENT = 1
PTE_LARGE = 0x80
PTE_ADDRESS = 0x000FFFFFFFFFF000
FRAMES_MAX = 40
USER_END = 1 << 47

OBJECT_TASK = 1
OBJECT_THREAD = 2
OBJECT_FACTORY = 6
STATES = ["stopped", "ready", "waiting", "calling", "sending", "faulted",
          "halted", "giving", "taking", "held"]
CALLING, SENDING, FAULTED = 3, 4, 5


def read_word(address):
    memory = gdb.selected_inferior().read_memory(address, 8)
    return int.from_bytes(bytes(memory), "little")


def around(pointer, type_name, member):
    """The structure whose member the pointer points to."""
    structure = gdb.lookup_type(type_name)
    offset = [f for f in structure.fields() if f.name == member][0].bitpos // 8
    return gdb.Value(int(pointer) - offset).cast(
        structure.pointer()).dereference()


def kernel_value(name):
    symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if symbol is None:
        raise gdb.GdbError("The kernel's symbols are not loaded: program kernel")
    return symbol.value()


def objects(factory):
    """The objects that a factory and those below it made."""
    head = int(factory["objects"].address)
    link = factory["objects"]["next"]
    while int(link) != head:
        thing = around(link, "struct object", "link")
        link = link.dereference()["next"]
        yield thing
        if int(thing["type"]) == OBJECT_FACTORY:
            yield from objects(around(thing.address, "struct factory",
                                      "object"))


def all_of(kind, type_name):
    for thing in objects(kernel_value("factory_root")):
        if int(thing["type"]) == kind:
            yield around(thing.address, type_name, "object")


def text(array):
    return array.string("ascii", "replace").split("\0")[0]


class Thread:
    def __init__(self, value):
        self.value = value
        self.address = int(value.address)
        has_task = int(value["task"]) != 0
        self.task = text(value["task"]["name"]) if has_task else "(gone)"
        self.name = "%s/%s" % (self.task, text(value["name"]) or "?")
        self.state = int(value["status"]) & 0xF
        self.cr3 = int(value["cr3"])

    def regs(self):
        frame = gdb.lookup_type("struct arch_regs")
        return gdb.Value(self.address - frame.sizeof).cast(
            frame.pointer()).dereference()

    def is_current(self):
        return int(kernel_value("cpu0")["tss"]["current"]) == self.address

    def waits_for(self):
        partner = self.value["partner"]
        if self.state in (CALLING, SENDING) and int(partner):
            return "for " + Thread(partner.dereference()).name
        if self.state == FAULTED:
            return "exception %d" % int(self.value["fault_vector"])
        return ""

    def read(self, address):
        """A word of its memory, or None: its page tables are walked, so it
        need not be the one that runs."""
        if address >= USER_END or address % 8:
            return None
        table = self.cr3 & PTE_ADDRESS
        for shift in (39, 30, 21, 12):
            entry = read_word(PHYS_BASE + table + (address >> shift) % 512 * 8)
            if not entry & PTE_PRESENT:
                return None
            table = entry & PTE_ADDRESS
            if shift in (30, 21) and entry & PTE_LARGE:
                table = table & ~((1 << shift) - 1) | \
                    address & ((1 << shift) - 1) & PTE_ADDRESS
                break
            if shift == 12:
                break
        return read_word(PHYS_BASE + table + address % 4096)

    def stack(self):
        """The addresses of its calls, the innermost first, from the registers
        that it had when it entered the kernel."""
        regs = self.regs()
        frame = int(regs["rbp"])
        yield int(regs["rip"])
        for _ in range(FRAMES_MAX):
            below = self.read(frame)
            back = self.read(frame + 8)
            if below is None or not back:
                return
            yield back
            if below <= frame:
                return
            frame = below


def threads():
    return [Thread(value) for value in all_of(OBJECT_THREAD, "struct thread")]


class Symbols:
    """Which program's symbols are loaded, beside the kernel's."""

    files = {}
    loaded = None

    @classmethod
    def load(cls, name):
        if name == cls.loaded:
            return
        if cls.loaded:
            gdb.execute('remove-symbol-file "%s"' % cls.files[cls.loaded],
                        to_string=True)
            cls.loaded = None
        if name in cls.files and name != "kernel":
            gdb.execute('add-symbol-file "%s"' % cls.files[name],
                        to_string=True)
            cls.loaded = name


def line_of(address):
    symbol = gdb.execute("info symbol 0x%x" % address, to_string=True)
    where = gdb.find_pc_line(address)
    text_ = "0x%x" % address
    if not symbol.startswith("No symbol"):
        text_ += " " + symbol.split(" in section")[0]
    if where.symtab:
        text_ += " at %s:%d" % (where.symtab.filename, where.line)
    return text_


def print_stack(thread):
    Symbols.load(thread.task)
    print("%s: %s %s" % (thread.name, STATES[thread.state],
                         thread.waits_for()))
    if thread.is_current() and int(gdb.parse_and_eval("$pc")) < USER_END:
        print("  it runs: see `backtrace`")
        return
    for i, address in enumerate(thread.stack()):
        # A return address may be the next function's first.
        print("  #%d %s" % (i, line_of(address - (i > 0))))


class Program(gdb.Command):
    """Load the symbols of one program of the image: program NAME"""

    def __init__(self):
        super().__init__("program", gdb.COMMAND_FILES)

    def complete(self, text_, word):
        return [name for name in Symbols.files if name.startswith(text_)]

    def invoke(self, name, from_tty):
        if name not in Symbols.files:
            raise gdb.GdbError("The programs are: " + " ".join(Symbols.files))
        Symbols.load(name)


class Tasks(gdb.Command):
    """All address spaces."""

    def __init__(self):
        super().__init__("tasks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for task in all_of(OBJECT_TASK, "struct task"):
            print("%-24s page table 0x%x, %d slots" % (
                text(task["name"]), int(task["space"]["cr3"]),
                int(task["table"]["size"])))


class Threads(gdb.Command):
    """All threads, with what they do; * runs."""

    def __init__(self):
        super().__init__("threads", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for t in threads():
            print("%s %-32s %-8s ip 0x%x %s" % (
                "*" if t.is_current() else " ", t.name, STATES[t.state],
                int(t.regs()["rip"]), t.waits_for()))


class ThreadBt(gdb.Command):
    """The stack of a thread that is not running: thread-bt TASK/THREAD"""

    def __init__(self):
        super().__init__("thread-bt", gdb.COMMAND_STACK)

    def complete(self, text_, word):
        return [t.name for t in threads() if t.name.startswith(text_)]

    def invoke(self, name, from_tty):
        for t in threads():
            if name in (t.name, t.task):
                print_stack(t)
                return
        raise gdb.GdbError("There is no thread '%s'." % name)


class ThreadsBt(gdb.Command):
    """The stacks of all threads."""

    def __init__(self):
        super().__init__("threads-bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        for t in threads():
            print_stack(t)


def almond_start(symbols):
    """`symbols` is a file with lines `program file`."""
    with open(symbols) as lines:
        Symbols.files = dict(line.rstrip().split(" ", 1) for line in lines)


Program()
Tasks()
Threads()
ThreadBt()
ThreadsBt()
