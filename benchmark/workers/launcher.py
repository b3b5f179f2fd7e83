"""Starts one worker confined, stands guard over it, and leaves nothing of it behind.

Run by script path; a JSON object on standard input says what to do (`confinement.order`). It forks. The child gives up
what it may not have and becomes the worker. The parent, the guardian, adopts whatever the worker's descendants orphan,
even where they fled into sessions of their own, and kills all of it when the worker ends, when it is told to (SIGTERM),
or when the supervisor dies. It then removes the worker's scratch folder and ends as the worker ended.

Standard library at the top: the two packages that confine are imported where they are used, and may be missing.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import signal
import sys
import time
from typing import Any

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
KEPT_CAPABILITIES = {0, 1, 2, 3, 4}
"""What a worker of the superuser keeps (capabilities(7)): permission bits of files do not bind it, as they do not bind
its supervisor. All else it loses, so that it cannot lift its own limits or signal others."""
CAPABILITIES = 64
"""Numbers of capabilities that are tried; the kernel knows fewer."""
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIGNALS = {signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP}
STREAMS = 4096
"""File descriptors above this number are not looked for."""
SWEEP_SECONDS = 0.002
"""Between two looks at what is still alive of a worker that is being killed."""
REFUSED = {
    "EACCES": ["socket"],
    # Landlock does not guard these, and some programs take a refusal ill: they pass for done.
    None: [
        *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
        *("utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr"),
        *("removexattr", "lremovexattr", "fremovexattr"),
    ],
    "ENOSYS": ["io_uring_setup", "io_uring_enter", "io_uring_register"],
    "EPERM": [
        *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd"),
        *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "bpf", "perf_event_open", "userfaultfd"),
        *("keyctl", "add_key", "request_key", "reboot", "swapon", "swapoff", "init_module", "finit_module"),
    ],
}
"""System calls that are not made, by the error they give; those under None do nothing and succeed.

`socket` is every way to an address, `socketpair` is not among them; io_uring would be a way round it. A way into other
processes or namespaces is a way out of all this."""


def main() -> None:
    """Fork: guardian and worker."""
    config = json.load(sys.stdin)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # What was ordered while this was being started waits until the guardian can act on it.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    control(PR_SET_PDEATHSIG, signal.SIGTERM)
    control(PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != config["parent"]:  # it died before the request to be told took effect
        remove(config["scratch"])
        os._exit(1)
    guardian = os.getpid()
    worker = os.fork()
    if worker == 0:
        become_worker(config, guardian)
    os.closerange(3, STREAMS)  # else the ends of pipes would be held open here
    status = guard(worker)
    remove(config["scratch"])
    end_like(status)


def guard(worker: int) -> int:
    """Wait status of the worker, once it has ended, or is to be ended, and all that came of it is gone."""
    status = None
    while status is None:
        ordered = signal.sigwait(SIGNALS) in {signal.SIGTERM, signal.SIGHUP}
        if ordered:
            kill_group(worker)
            break
        status = reap(worker)
    while True:
        found = reap(worker)
        status = found if status is None else status
        left = descendants(os.getpid())
        if not left:
            return status if status is not None else 0
        for process in left:
            kill(process)
        time.sleep(SWEEP_SECONDS)


def reap(worker: int) -> int | None:
    """Collect every child that has ended; the worker's wait status if it was among them."""
    status = None
    while True:
        try:
            process, found = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if process == 0:
            return status
        if process == worker:
            status = found


def descendants(root: int) -> list[int]:
    """Everything alive below a process. Orphans are below it too, since it adopts them."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
            except (OSError, IndexError):
                continue  # it has ended meanwhile
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def kill(process: int) -> None:
    """SIGKILL at once: a program that hangs in C never looks at a polite signal."""
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        pass  # it has ended meanwhile


def kill_group(worker: int) -> None:
    """Kill the worker and whoever stayed in its process group, together."""
    try:
        os.killpg(worker, signal.SIGKILL)
    except OSError:
        kill(worker)  # it has no group of its own yet


def end_like(status: int) -> None:
    """End as the worker ended, so that whoever waits sees its exit status or its signal."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
        signal.pause()
    os._exit(os.waitstatus_to_exitcode(status))


def remove(scratch: str) -> None:
    """Remove what the worker wrote, even where it took its own permissions away or nested it a thousand deep.

    Folders inside are moved up beside the scratch folder before they are emptied, so that no path and no stack grows.
    What cannot be removed is left to the run's own clearing up.
    """
    waiting, moved = [scratch], 0
    while waiting:
        folder = waiting.pop()
        try:
            os.chmod(folder, 0o700)
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)  # to move a folder elsewhere takes the right to write to it
                    moved += 1
                    os.rename(entry.path, f"{scratch}.{moved}")
                    waiting.append(f"{scratch}.{moved}")
                else:
                    os.unlink(entry.path)
            except OSError:
                continue
        try:
            os.rmdir(folder)
        except OSError:
            continue


def control(option: int, value: int) -> None:
    """prctl(2), where there is one: elsewhere a worker outlives a supervisor that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def place_streams(config: dict[str, Any]) -> int:
    """Put the pipes of the protocol where every host finds them, and close all else; where the report then is."""
    aside = [fcntl.fcntl(stream, fcntl.F_DUPFD, 16) for stream in (*config["pipes"], config["report"])]
    for place, stream in enumerate(aside[:-1], 3):
        os.dup2(stream, place, inheritable=True)
    report = os.dup2(aside[-1], 3 + len(config["pipes"]), inheritable=False)
    os.closerange(report + 1, STREAMS)
    return report


def become_worker(config: dict[str, Any], guardian: int) -> None:
    """Apply limits and confinement, say which of it took hold, and turn into the worker. Never returns."""
    report = config["report"]
    try:
        os.setpgid(0, 0)
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:
            os._exit(1)
        report = place_streams(config)
        limit(config["limits"])
        os.write(report, json.dumps({"pid": os.getpid(), **confine(config)}).encode())
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a program inherits that
            signal.signal(ignored, signal.SIG_DFL)
        if config["command"]:
            os.execve(config["command"][0], config["command"], config["environ"])
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - whatever it is has to be told before this process ends
        os.write(report, json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        os._exit(127)


def limit(limits: dict[str, int]) -> None:
    """Bound what a process may use; RLIMIT_DATA, since RLIMIT_AS stops runtimes that only reserve addresses."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, value in limits.items():
        kind = getattr(resource, "RLIMIT_" + name)
        _, hard = resource.getrlimit(kind)
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (wanted, wanted))


def confine(config: dict[str, Any]) -> dict[str, Any]:
    """Give up files, then network, as far as this system lets us; what took hold and why the rest did not."""
    sys.path[:0] = config["packages"]
    reasons: dict[str, str] = {}
    network = None
    control(PR_SET_NO_NEW_PRIVS, 1)
    for capability in set(range(CAPABILITIES)) - KEPT_CAPABILITIES:
        control(PR_CAPBSET_DROP, capability)  # refused to all but the superuser, who alone has something to drop
    # Imported before files are given up: reading them would no longer be possible.
    refuse_calls = attempt("seccomp", seccomp, config, reasons)
    if refuse_calls is None and attempt("unshare", unshare_network, config, reasons):
        network = "unshare"
    files = attempt("landlock", lambda: landlock(config), config, reasons)
    if refuse_calls is not None:
        refuse_calls.load()
        network = "seccomp"
    return {"files": files, "network": network, "reasons": reasons}


def attempt(name: str, function: Any, config: dict[str, Any], reasons: dict[str, str]) -> Any:
    """What a mechanism returns, or None with its reason noted where it cannot be had or is not to be used."""
    if name in config["without"]:
        reasons[name] = "switched off by BOILERBENCH_WITHOUT"
        return None
    try:
        return function()
    except Exception as error:  # noqa: BLE001 - a missing package, library, kernel feature or right: all are reasons
        reasons[name] = f"{type(error).__name__}: {error}"
        return None


def seccomp() -> Any:
    """The filter of system calls, not yet loaded."""
    import errno

    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for error, names in REFUSED.items():
        action = pyseccomp.ERRNO(getattr(errno, error) if error else 0)
        for name in names:
            try:
                rules.add_rule(action, name)
            except (OSError, ValueError):
                if name == "socket":
                    raise  # any other may be unknown to an older libseccomp
    # A process may change its own limits, but not those of others, such as the supervisor's.
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
    return rules


def unshare_network() -> bool:
    """A network of its own, in which nothing is connected."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}")
    return True


def landlock(config: dict[str, Any]) -> int:
    """Give up all files but those listed; the ABI of the kernel's Landlock."""
    from py_landlock import AccessFs, Landlock

    rules = Landlock(strict=False)
    version = int(rules.abi_version)
    read, run = AccessFs.READ_FILE, AccessFs.READ_FILE | AccessFs.EXECUTE
    write = ~(AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK) & all_of(AccessFs)
    grants = [
        *((path, run | AccessFs.READ_DIR) for path in config["runs"]),
        *((path, read | AccessFs.READ_DIR) for path in config["reads"]),
        *((path, AccessFs.READ_DIR) for path in config["lists"]),
        *((path, write) for path in config["writes"]),
        ("/proc/self/clear_refs", AccessFs.WRITE_FILE | AccessFs.TRUNCATE),
    ]
    for path, access in grants:
        if os.path.exists(path):
            rules.add_path_rule(path, access=access if os.path.isdir(path) else access & for_files(AccessFs))
    rules.apply()
    return version


def all_of(flags: Any) -> Any:
    """All rights there are."""
    whole = flags(0)
    for flag in flags:
        whole |= flag
    return whole


def for_files(flags: Any) -> Any:
    """The rights that make sense for a file; the kernel refuses a rule that gives a file those of a folder."""
    return flags.EXECUTE | flags.WRITE_FILE | flags.READ_FILE | flags.TRUNCATE | flags.IOCTL_DEV


if __name__ == "__main__":
    main()
