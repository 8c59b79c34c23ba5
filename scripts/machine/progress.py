"""One line per step, so that whoever waits sees what is done; one clear message when a step fails."""

import signal
import sys
import time
from contextlib import contextmanager

TAIL_LINES = 25
# Set by us even when the caller's shell ignores them, as it does for commands in the background.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """Somebody told us to stop, by the signal `number`."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    @property
    def reached_children(self):
        """Ctrl-C in a terminal goes to all programs in the foreground, not to us alone."""
        return self.number == signal.SIGINT and sys.stdin.isatty()


class StepFailed(Exception):
    """A step could not be done: what failed, where its log lies, what the reader can do about it."""

    def __init__(self, what, advice="", log=None):
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.log = log

    def report(self):
        lines = [f"FAILED: {self.what}"]
        if self.log is not None and self.log.exists():
            content = self.log.read_text(errors="replace").splitlines()
            lines += [f"    | {line}" for line in content[-TAIL_LINES:]]
            lines.append(f"The whole log: {self.log}")
        if self.advice:
            lines.append(f"What to do: {self.advice}")
        return "\n".join(lines)


class Step:
    """The step under way; `detail` ends up in its line, `notes` are printed below it."""

    def __init__(self):
        self.detail = ""
        self.notes = []


class Progress:
    """Prints `[ 3/9] Odoo: 19.0.0, 12 s`; with a terminal the step is visible while it is under way."""

    def __init__(self, total, stream=None):
        self.total = total
        self.number = 0
        self.stream = stream or sys.stdout

    @contextmanager
    def step(self, title):
        self.number += 1
        head = f"[{self.number:2}/{self.total}] {title}"
        self._write(f"{head} … ")
        step, start = Step(), time.monotonic()
        try:
            yield step
        except BaseException:
            self._write("\n")
            raise
        detail = f"{step.detail}, " if step.detail else ""
        self._write(f"{detail}{time.monotonic() - start:.0f} s\n")
        for note in step.notes:
            self._write(f"        {note}\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()


def run_main(main):
    """Run a script's main function: a failed step or being told to stop ends with a message, never with a traceback."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    try:
        code = main()
    except StepFailed as failure:
        sys.stdout.flush()
        print(failure.report(), file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        code = 130
    sys.exit(code)


def _interrupt(number, _frame):
    """Unwind once; whoever is impatient must not cut the cleaning short."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)
