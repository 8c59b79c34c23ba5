"""Running other programs with their output in a log, so that a failure can show its last lines."""

import os
import signal
import subprocess

from .paths import log_file
from .progress import Interrupted, StepFailed


def run_logged(arguments, log_name, what, advice="", **options):
    """Run a program to its end, its output in a fresh log; raise `StepFailed` when it does not succeed."""
    log = log_file(log_name)
    with log.open("w") as output:
        output.write(f"$ {' '.join(map(str, arguments))}\n")
        output.flush()
        try:
            result = subprocess.run(
                [str(argument) for argument in arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=options.pop("stdin", subprocess.DEVNULL),
                check=False,
                **options,
            )
        except OSError as error:
            raise StepFailed(f"{what}: {error}", advice) from error
    if result.returncode:
        raise StepFailed(f"{what} (exit code {result.returncode})", advice, log)
    return log


def output_of(arguments, **options):
    """What a program prints, or an empty text when it fails or is missing."""
    try:
        result = subprocess.run(
            [str(argument) for argument in arguments],
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
    except OSError:
        return ""
    return result.stdout if result.returncode == 0 else ""


def run_attached(arguments, environment, **options):
    """Run a program in the foreground and return its exit code; being told to stop is passed on to it."""
    process = subprocess.Popen([str(argument) for argument in arguments], env=environment, **options)
    try:
        return process.wait()
    except Interrupted as interrupted:
        stop(process, ask=not interrupted.reached_children)
        raise


def stop(process, ask=True, patience=30):
    """Have a program end, and insist when it does not.

    Asked by SIGINT: Python answers by unwinding, so that the program ends its own children (a browser, for instance).
    """
    if process.poll() is not None:
        return
    if ask:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def environment_with(**changes):
    """This process's environment with some variables set, or removed when None."""
    environment = dict(os.environ)
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = str(value)
    return environment
