"""Run a module as `python -m` does, in a fork of the build's warm process, or in this process where there is none.

    python -I -S workflow/warm/client.py scripts.article.stage fonts --digest …

It imports little, so that it starts in a few milliseconds. Whatever keeps the warm process from serving (it is not
there, belongs to another environment, dies), the module runs in this process, by the same interpreter, as if there
were no warm process.
"""

import json
import os
import signal
import socket
import sys

SOCKETS = ".snakemake/warm/sockets.json"  # where stages are served, by the beginning of their command lines
PATIENCE = 60  # seconds that the fork may take to begin; a warm process that is still importing counts as alive


def served(arguments):
    """Return the exit status of a fork that ran a module, or None where none did to its end."""
    about = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd(), "python": sys.executable}
    about["umask"] = os.umask(0o077)
    os.umask(about["umask"])
    request = json.dumps(about).encode() + b"\n"
    line = " ".join([*arguments, ""])
    try:
        with open(SOCKETS, encoding="utf-8") as table:
            path = next(path for start, path in json.load(table).items() if line.startswith(f"{start} "))
        with socket.socket(socket.AF_UNIX) as server:
            server.settimeout(PATIENCE)
            server.connect(path)
            server.sendall(request[socket.send_fds(server, [request], [0, 1, 2]) :])
            if server.recv(1) != b"+":
                return None
            server.settimeout(None)
            return int(server.recv(8))
    except (OSError, AttributeError, ValueError, StopIteration):  # no socket, or an end without a status
        return None


def main(arguments):
    """Run a module with its arguments, and end as it ends."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback
    status = served(arguments)
    if status is None:
        os.execv(sys.executable, [sys.executable, "-m", *arguments])
    if status < 0:
        os.kill(os.getpid(), -status)
    sys.exit(abs(status))


if __name__ == "__main__":
    main(sys.argv[1:])
