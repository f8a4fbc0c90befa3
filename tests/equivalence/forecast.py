"""forecast: what `ctailctl test` says of logs."""
import functools
import json
import os
import subprocess

import runs


@functools.lru_cache(None)
def available():
    done = subprocess.run([os.environ["CTAILCTL"], "help"], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    return b"\n  test " in done.stdout


def decisions(run):
    """The alerts in the order in which they would be sent."""
    samples = sorted(map(str, (run.place / "logs").glob("*.log")))
    done = subprocess.run(
        run.command("CTAILCTL", "test", "--json", *samples), check=False,
        stdin=subprocess.DEVNULL, capture_output=True, env=run.environment(),
        timeout=runs.PATIENCE)
    if done.returncode:
        raise runs.Trouble(f"ctailctl test ended with {done.returncode}: "
                           f"{done.stderr.decode()}")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return runs.subjects("\n".join(str(one.get("subject")) for one in said))
