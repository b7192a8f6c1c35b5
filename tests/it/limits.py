"""Runs one command, and says how it ended, what it said first, how long it took and how much
memory it held at most. One that holds far too much is ended, before the machine is in need."""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

request = json.load(sys.stdin)
start = time.monotonic()


def held(process):
    """The bytes that a process holds now, on Linux."""
    try:
        pages = pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()


with tempfile.TemporaryFile() as said:
    process = subprocess.Popen(
        request["command"],
        cwd=request["folder"],
        env=request["environment"],
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    ended = None
    while process.poll() is None:
        if time.monotonic() - start > request["seconds"]:
            ended = "it took too long"
        elif held(process) > 4 * request["memory"]:
            ended = "it held too much memory"
        if ended:
            process.kill()
            process.wait()
            break
        time.sleep(0.01)
    size = said.seek(0, 2)
    said.seek(0)
    text = said.read(1 << 20).decode(errors="replace")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
# Linux counts in kilobytes, macOS in bytes.
peak = peak if sys.platform == "darwin" else peak * 1024
answer = {"code": process.returncode, "ended": ended, "text": text, "size": size, "peak": peak}
json.dump({**answer, "seconds": time.monotonic() - start}, sys.stdout)
