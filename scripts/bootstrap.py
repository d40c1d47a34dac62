"""Make .venv from requirements.lock, with the standard library alone; `make` runs this before everything else.

torch goes first and by its version alone, because its CPU and CUDA builds differ in bytes and in what they depend on.
The locked packages follow with their hashes, then what only a CUDA build needs. A stamp is written last: a .venv
without it, or made from another lock, does not count and is made anew.

This file has no f-strings or annotations, so that an old Python prints what is wrong instead of a SyntaxError.
"""

# ruff: noqa: UP032

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 13)
LOG = os.path.join("logs", "setup.log")
GB = 10**9
# Measured on Linux x86-64: 1.85 GB at most while .venv is made (1.7 GB when done), and what pip's cache may keep.
DISK = 2.5 * GB
# What a CUDA build adds once torch itself and the lock are installed: 2.2 GB of wheels, which pip's cache may keep a
# second time, and 3.5 GB unpacked.
DISK_CUDA = 8 * GB

# What the lock leaves out although packages ask for it: they work without, and a torchvision that was built for another
# torch than the one here breaks the import of torchmetrics, and so of laplace-torch.
LEFT_OUT = r"\S+ \S+ requires torchvision, which is not installed\."

RANGE = "Python {}.{} to {}.{}".format(*(OLDEST + NEWEST))
PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); sys.stdout.flush(); import ensurepip, venv"
# What pip prints, and what it means; the first match decides, as a failed download leads to later lines too.
REASONS = (
    (
        r"DO NOT MATCH THE HASHES",
        "a downloaded package is not the one in requirements.lock. A proxy or a damaged cache may be the cause: "
        "run `pip cache purge`, then make again. If it stays so, do not install that package",
    ),
    (
        r"\[Errno 28\]|No space left on device|\[Errno 122\]|Disk quota exceeded|not enough space",
        "the disk is full. Free some space, or set PIP_NO_CACHE_DIR=1 to keep no copies of what is downloaded",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ConnectionError|ProxyError|SSLError|"
        r"Connection (refused|reset|aborted|broken|timed out)|CERTIFICATE_VERIFY_FAILED|Max retries exceeded|"
        r"[Nn]etwork is unreachable|Temporary failure in name resolution|IncompleteRead|HTTP error (403|407|5\d\d)",
        "pip could not reach its package index. Check the network, and the proxy if there is one (HTTPS_PROXY)",
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "there is no build of {what} for this machine. Linux with glibc 2.28 or newer (x86-64, aarch64) and "
        "macOS 14 or newer (Apple silicon) have them all",
    ),
    (r"ensurepip is not available|No module named '?(ensurepip|venv)", "the venv module of this Python is missing"),
)


class SetupError(Exception):
    """Say in one message what went wrong and what to do."""


def say(text):
    """Print a line of progress at once."""
    print(text)
    sys.stdout.flush()


def probe(python):
    """Ask an interpreter who it is.

    Args:
        python: A path, or a name to look up on PATH.

    Returns:
        Its version as (major, minor), None if it does not run; and whether it can make a virtual environment.
    """
    try:
        process = subprocess.Popen([python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError:
        return None, False
    words = process.communicate()[0].decode("ascii", "replace").split()
    if not words or not re.match(r"\d+\.\d+$", words[0]):
        return None, False
    return tuple(int(part) for part in words[0].split(".")), process.returncode == 0


def find_python(candidates):
    """Return the first candidate that has a supported version and can make a virtual environment."""
    found, incomplete = [], None
    for python in candidates:
        version, complete = probe(python)
        if version is None:
            continue
        if OLDEST <= version <= NEWEST:
            if complete:
                return python
            incomplete = incomplete or "{}.{}".format(*version)
        found.append("{}.{}".format(*version))
    if incomplete:
        raise SetupError(
            "Python {0} is here, but without its venv module. On Debian or Ubuntu: "
            "sudo apt install python{0}-venv. Elsewhere: install a complete Python {0}.".format(incomplete)
        )
    raise SetupError(
        "{} is needed, but this is Python {}. Install one of them, or name one that is not on PATH: "
        "make PYTHON=/path/to/python{}.{}".format(RANGE, ", ".join(found) or "?", *NEWEST)
    )


def torch_pin(root):
    """Return the pin of torch, such as `torch==1.2.3`; requirements.in is the one place that names it."""
    with open(os.path.join(root, "requirements.in")) as file:
        pin = re.search(r"^torch==\S+", file.read(), re.MULTILINE)
    if not pin:
        raise SetupError("requirements.in has no line torch==VERSION.")
    return pin.group()


def fingerprint(root):
    """Return what the stamp must say: a hash of the lock, of torch's version and of where .venv stands."""
    with open(os.path.join(root, "requirements.lock"), "rb") as file:
        content = file.read()
    place = os.path.realpath(os.path.join(root, ".venv"))  # the scripts of a .venv that was moved do not start
    return hashlib.sha256(content + torch_pin(root).encode() + place.encode()).hexdigest()


def is_ready(root):
    """Tell whether .venv was made completely, from today's lock, at this place, and still has its interpreter."""
    venv = os.path.join(root, ".venv")
    try:
        with open(os.path.join(venv, "ready")) as file:
            return file.read() == fingerprint(root) and os.path.exists(os.path.join(venv, "bin", "python"))
    except OSError:
        return False


def check_disk(root, needed, purpose):
    """Raise SetupError unless the disk of the project has this many bytes free."""
    free = shutil.disk_usage(root).free
    if free < needed:
        raise SetupError(
            "{} needs {:.1f} GB, but this disk has {:.1f} GB free. Free some space and run make again.".format(
                purpose, needed / GB, free / GB
            )
        )


def explain(step, output):
    """Return the one message for a failed step from what pip or venv printed."""
    for pattern, reason in REASONS:
        match = re.search(pattern, output)
        if match:
            return "{} failed: {}.\nDetails: {}".format(step, reason.format(**match.groupdict()), LOG)
    return "{} failed.\nDetails: {}".format(step, LOG)


class Installer:
    """Run the steps, with their output in the log."""

    def __init__(self, root):
        self.root = root
        self.venv = os.path.join(root, ".venv")
        # pip unpacks on the disk that was checked; the user's pip settings that make no sense in a venv are off.
        self.temporary = os.path.join(self.venv, "tmp")
        self.environment = dict(os.environ, TMPDIR=self.temporary, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")

    def call(self, command):
        """Run a command; return its exit status and its output."""
        with open(os.path.join(self.root, LOG), "ab+") as log:
            log.write("\n$ {}\n".format(" ".join(command)).encode())
            log.flush()
            start = log.tell()
            status = subprocess.call(
                command, cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            log.seek(start)
            return status, log.read().decode("utf-8", "replace")

    def pip(self, *arguments):
        """Run the pip of .venv; -I keeps packages of the user's own (PYTHONPATH, user site) out of sight."""
        return self.call([os.path.join(self.venv, "bin", "python"), "-I", "-m", "pip", "--no-input", *arguments])

    def step(self, text, call, *arguments):
        """Announce a step and run it; raise SetupError with the reason if it fails."""
        say(text + " ...")
        status, output = call(*arguments)
        if status != 0:
            raise SetupError(explain(text, output))

    def install(self, python):
        """Make .venv and install everything; the stamp is not written here."""
        pin = torch_pin(self.root)
        check_disk(self.root, DISK, "The installation")
        os.makedirs(self.temporary)
        self.step("Making .venv with " + python, self.call, [python, "-m", "venv", self.venv])
        self.step("Installing " + pin, self.pip, "install", "--no-deps", pin)
        lock = ["--require-hashes", "--no-deps", "-r", "requirements.lock"]
        self.step("Installing the packages of requirements.lock", self.pip, "install", *lock)
        self.complete_torch(pin)
        shutil.rmtree(self.temporary)

    def complete_torch(self, pin):
        """Check that everything fits together; a CUDA build of torch first gets what it still misses."""
        conflicts = self.conflicts()
        if any(re.match(r"torch .* which is not installed", line) for line in conflicts):
            check_disk(self.root, DISK_CUDA, "The CUDA build of " + pin)
            self.step("Installing the CUDA libraries of {} (2 GB)".format(pin), self.pip, "install", pin)
            conflicts = self.conflicts()
        if conflicts:
            lines = "\n".join("  " + line for line in conflicts)
            raise SetupError("The installed packages do not fit together:\n{}\nDetails: {}".format(lines, LOG))

    def conflicts(self):
        """Return what `pip check` complains about, line by line, but for what the lock leaves out on purpose."""
        status, output = self.pip("check")
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        return [line for line in lines if not re.fullmatch(LEFT_OUT, line)] if status != 0 else []


@contextlib.contextmanager
def replacing(venv):
    """Set a complete .venv aside while a new one is made, and bring it back if that fails; drop a half-made one."""
    aside = venv + ".part"
    if os.path.isdir(aside):  # an earlier run was killed before it could bring it back
        remove(venv)
        os.rename(aside, venv)
    if os.path.isfile(os.path.join(venv, "ready")):
        os.rename(venv, aside)
    remove(venv)
    try:
        yield
    except BaseException:
        remove(venv)
        if os.path.isdir(aside):
            os.rename(aside, venv)
        raise
    remove(aside)


def remove(path):
    """Remove a folder or a link to one, if it is there."""
    if os.path.islink(path):
        os.remove(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)


@contextlib.contextmanager
def alone(root):
    """Wait until no other set-up of this checkout runs."""
    import fcntl

    with open(os.path.join(root, "logs", "setup.lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this folder ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass  # some network disks have no locks
        yield


def set_up(root, python):
    """Make .venv unless it is ready.

    Args:
        root: The folder of the project.
        python: The interpreter to make it with.
    """
    if is_ready(root):
        return
    os.makedirs(os.path.join(root, "logs"), exist_ok=True)
    with alone(root):
        if is_ready(root):  # the other one made it
            return
        open(os.path.join(root, LOG), "w").close()
        venv, start = os.path.join(root, ".venv"), time.time()
        with replacing(venv):
            Installer(root).install(python)
            with open(os.path.join(venv, "ready"), "w") as file:
                file.write(fingerprint(root))
        say("Ready: .venv, {:.0f} s.".format(time.time() - start))


def stop(number, frame):
    """Turn a signal into an exception, so that nothing half-made is left."""
    raise KeyboardInterrupt


def main():
    """Make .venv, if need be with another Python than the one that runs this; return the exit status."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    own = getattr(sys, "_base_executable", None) or sys.executable  # not the python of a .venv that is replaced
    try:
        if sys.version_info >= OLDEST and is_ready(ROOT):
            return 0
        python = find_python([own, *("python{}.{}".format(3, minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1))])
        if python != own:
            say("Using {}.".format(python))
            os.execvp(python, [python, os.path.abspath(__file__)])
        set_up(ROOT, python)
    except SetupError as error:
        sys.stderr.write("\n{}\n".format(error))
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing half-made is left.\n")
        return 1
    except OSError as error:
        sys.stderr.write("\nThe set-up failed: {}.\n".format(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
