"""Answer what a build would run, one project a line, without importing Snakemake anew each time.

Each line on standard input is a JSON list: the folder, then Snakemake's arguments. Each answer is a line of JSON: exit
status, standard output, standard error. Every request runs in a fork of this process, which has imported nothing of
the project.
"""

import json
import os
import sys
import tempfile

from snakemake import cli


def answer(folder: str, arguments: list[str]) -> tuple[int, str, str]:
    """Run Snakemake's command line in a fork."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.chdir(folder)
            sys.argv = ["snakemake", *arguments]
            status = 1
            try:
                cli.main(arguments)
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(child, 0)
        for stream in (out, err):
            stream.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


if __name__ == "__main__":
    for line in sys.stdin:
        folder, *arguments = json.loads(line)
        print(json.dumps(answer(folder, arguments)), flush=True)
