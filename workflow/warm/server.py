"""The warm processes of a build: each imports some libraries once, and forks for every stage that uses just these.

The first process imports nothing. At the first request for a group of stages it forks a warm process for this group,
which imports the group's libraries and nothing of the project; a fork of that imports the project itself, from its
source, as a process of its own would. The standard input says which socket listens for which group, and what the group
imports; by closing it tells that the build is over.

A fork lives as long as its client, its warm process and the build do. Requests from another environment, folder or
interpreter, or for another number of threads, are turned away, and the client runs the stage itself.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import selectors
import signal
import socket
import sys
import traceback

# What shells set anew or, like the prompt of an activated environment, take away; no library looks at it when imported.
PER_SHELL = {"_", "SHLVL", "PWD", "OLDPWD", "PATH", "PS1", "PS2", "TMPDIR", "TMP", "TEMP", "TEMPDIR"}
PR_SET_PDEATHSIG = 1
PRCTL = ctypes.CDLL(None).prctl


class Request:
    """Hold what a client asks for.

    Args:
        connection: to the client; it closes when the client ends.
        handles: the client's standard input, output and error.
        about: what runs, and where.
    """

    def __init__(self, connection, handles, about):
        self.connection, self.handles, self.about = connection, handles, about
        self.child = self.ended = None

    def close(self, answer=b""):
        """Close with an answer, or without one, which has the client run the stage itself."""
        with contextlib.suppress(OSError):
            self.connection.sendall(answer)
        self.connection.close()
        for handle in self.handles:
            os.close(handle)


class Server:
    """Serve a group of stages until the build ends.

    Args:
        listener: the socket that clients connect to.
        imports: what is imported first, as `module:name`.
    """

    def __init__(self, listener, imports):
        self.pid, self.environment = os.getpid(), dict(os.environ)  # as it is before libraries add to it
        for entry in imports:
            self.load(*entry.split(":"))
        self.listener, self.running = listener, []
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, self.end)
        self.selector.register(listener, selectors.EVENT_READ, self.accept)

    def load(self, module, name):
        """Import a module, or one in it; what fails to is left to the stage that wants it."""
        with contextlib.suppress(Exception):
            if not hasattr(importlib.import_module(module), name) and name:
                importlib.import_module(f"{module}.{name}")

    def run(self):
        """Serve."""
        while True:
            for key, _ in self.selector.select():
                key.data()

    def accept(self):
        """Take a request, or turn it away."""
        connection, _ = self.listener.accept()
        request = Request(connection, [], {})
        try:
            connection.settimeout(10)
            data, request.handles, _, _ = socket.recv_fds(connection, 1 << 16, 3)
            while data and not data.endswith(b"\n"):
                data += connection.recv(1 << 16)
            request.about = json.loads(data)
        except (OSError, ValueError):
            request.close()
            return
        if self.fits(request.about):
            self.serve(request)
        else:
            request.close()

    def fits(self, about):
        """Tell whether a process of its own would find what a fork finds."""
        differs = {name for name, _ in about["environment"].items() ^ self.environment.items()} - PER_SHELL
        return not differs and about["folder"] == os.getcwd() and about["python"] == sys.executable

    def serve(self, request):
        """Fork for a stage; not where a library has started threads, as a fork has none of them, but their locks."""
        gc.freeze()  # or each fork looks through all that the libraries have made, and so copies it
        try:
            request.child = os.fork() if len(os.listdir("/proc/self/task")) == 1 else None
        except OSError:
            request.child = None
        if request.child == 0:
            self.work(request)
        if request.child is None:
            request.close()
            return
        request.ended = os.pidfd_open(request.child)
        self.selector.register(request.ended, selectors.EVENT_READ, lambda: self.reap(request))
        self.selector.register(request.connection, selectors.EVENT_READ, lambda: self.abandon(request))
        self.running.append(request)
        with contextlib.suppress(OSError):  # that a client has gone is noticed soon enough
            request.connection.sendall(b"+")

    def abandon(self, request):
        """End what nobody waits for any more."""
        if request in self.running:
            self.selector.unregister(request.connection)
            os.kill(request.child, signal.SIGKILL)

    def reap(self, request):
        """Tell the client how its stage ended."""
        _, status = os.waitpid(request.child, 0)
        self.running.remove(request)
        self.selector.unregister(request.ended)
        os.close(request.ended)
        with contextlib.suppress(KeyError):  # abandoned
            self.selector.unregister(request.connection)
        request.close(b"%d" % os.waitstatus_to_exitcode(status))

    def end(self):
        """End with the build, and all clients and, by the kernel, all forks with it."""
        for request in self.running:
            request.close(b"1")
        send_away(self.listener)
        os._exit(0)

    def work(self, request):
        """Run a stage in the fork as a process of its own would, but end without tearing down the libraries."""
        status = 1
        try:
            self.become(request)
            runpy.run_module(request.about["arguments"][0], run_name="__main__", alter_sys=True)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
            os._exit(status)

    def become(self, request):
        """Make of a fork the process that the client asks for."""
        end_with(self.pid)
        for stream, handle in enumerate(request.handles):
            os.dup2(handle, stream)
        self.selector.close()
        self.listener.close()
        for other in [request, *self.running]:  # a connection closes only when nobody has it open
            other.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.umask(request.about["umask"])
        for name in PER_SHELL:
            os.environ.pop(name, None)
        os.environ.update({name: text for name, text in request.about["environment"].items() if name in PER_SHELL})
        sys.argv, sys.path = ["-m", *request.about["arguments"][1:]], [request.about["folder"], *sys.path]
        gc.enable()


def send_away(listener):
    """Have clients that still wait end with the build, in place of running their stages."""
    listener.setblocking(False)
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].sendall(b"+1")


def end_with(parent):
    """Have the kernel end this process with its parent."""
    PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main():
    """Fork a warm process for each group at its first request."""
    gc.disable()  # imports leave little behind that is worth collecting
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the build, and that ends all else
    groups = {socket.socket(fileno=handle): imports for handle, imports in json.loads(sys.stdin.buffer.readline())}
    first, paths = os.getpid(), [listener.getsockname() for listener in groups]
    while True:
        for found in select.select([0, *groups], [], [])[0]:
            if found == 0:
                for path in paths:
                    with contextlib.suppress(OSError):
                        os.unlink(path)
                for listener in groups:
                    send_away(listener)
                with contextlib.suppress(ChildProcessError):
                    while True:
                        os.wait()  # the others end too, but tell their clients first
                os._exit(0)
            imports = groups.pop(found)
            if os.fork() == 0:
                end_with(first)
                for other in groups:
                    other.close()
                Server(found, imports).run()
            found.close()


if __name__ == "__main__":
    main()
