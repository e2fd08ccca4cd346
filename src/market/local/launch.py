"""Becomes another program that dies with its parent; run as a script: `launch.py PARENT SIGNAL UID GID PROGRAM...`.

A script of its own, because this work belongs between fork and exec, where a process with threads may run no
Python of its own. Imports nothing but the standard library, so that it costs some milliseconds only.
UID and GID are `-` to stay who we are. A root that gives its name away keeps one right, to pass through
directories closed to others: the data directory and the virtual environment may lie under a closed home.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def permitted_capabilities() -> int:
    """The capabilities this process may use, as a bit set (0 where the kernel does not say)."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            return next(
                (int(line.split()[1], 16) for line in status if line.startswith("CapPrm:")),
                0,
            )
    except OSError:
        return 0


def become(uid: int, gid: int) -> None:
    """Give up root for good, keeping on Linux the right to search and read directories of others."""
    permitted = permitted_capabilities()
    kept = next(
        (bit for bit in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted >> bit & 1),
        None,
    )
    libc = ctypes.CDLL(None)
    if kept is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if kept is not None:
        bits = 1 << kept
        header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
        libc.capset(header, (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept, 0, 0)


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send this process a signal when the thread that forked it ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Change user, tie this process to its parent's life, become the program."""
    parent, death_signal, uid, gid, *program = arguments
    if uid != "-":
        become(int(uid), int(gid))
    # After the change of user: the kernel forgets the signal when the user changes.
    die_with_parent(int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent was gone before its child began")
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
