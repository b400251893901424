#!/usr/bin/env python3
"""interrupt.py SIGNAL WORD COMMAND…: runs the command on a terminal, sends it the signal when the
word appears, and prints its exit code and whether it said that it is stopping."""
import fcntl
import os
import pty
import signal
import struct
import sys
import termios
import time

number, word, command = getattr(signal, "SIG" + sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
pid, master = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"  # whatever the caller's is: a dumb one shows no progress
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    os.execvp(command[0], command)
output, sent, end = b"", False, time.monotonic() + 100
while time.monotonic() < end:
    try:
        part = os.read(master, 65536)
    except OSError:
        break
    if not part:
        break
    output += part
    if not sent and word in output:
        os.kill(pid, number)
        sent = True
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
print("stopping" if b"stopping:" in output else "said nothing")
