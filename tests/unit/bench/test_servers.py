"""What is started and what it has used."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.servers import (
    Answer,
    Server,
    family,
    location,
    memory_bytes,
    plain,
    processor_seconds,
    quoted,
    read_stat,
    running,
    stop,
)
from tests.site import free_port

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def test_nginx_repeats_our_headers_but_its_own():
    block = location(
        "/story",
        Path("/tmp/page"),
        {
            "content-type": "text/html",
            "content-encoding": "br",
            "etag": '"ours"',
            "vary": "Cookie",
            "x-a": 'say "so"',
        },
    )

    assert 'default_type "text/html";' in block
    assert 'add_header content-encoding "br";' in block
    assert 'add_header vary "Cookie";' in block
    assert r'add_header x-a "say \"so\"";' in block
    assert "etag" not in block


def test_nginx_cannot_be_given_a_dollar_sign():
    with pytest.raises(ValueError, match="variable"):
        quoted("costs $5")


def test_bodies_are_decoded_where_it_is_known_how():
    assert plain(Answer(200, {}, b"as it is")) == b"as it is"
    assert plain(Answer(200, {"content-encoding": "gzip"}, gzip.compress(b"page"))) == b"page"
    assert plain(Answer(200, {"content-encoding": "unheard-of"}, b"xx")) is None


def test_stat_is_read_behind_any_name_of_a_process():
    fields = "S 7 1 1 0 -1 0 0 0 0 0 11 22 33 44 20 0"
    assert read_stat(f"9 (a) b ( c) {fields}") == (7, 110)


def test_family_is_all_below_in_any_order_of_numbers():
    processes = {1: (0, 5), 7: (1, 5), 3: (7, 5), 9: (3, 5), 4: (0, 5)}

    assert family([7], processes) == {7, 3, 9}
    assert family([4, 99], processes) == {4}


def test_processes_of_a_server_are_its_own_and_those_behind_it():
    assert Server("http://127.0.0.1:1", 5, (6, 7)).pids == (5, 6, 7)


@needs_proc
def test_processor_time_of_a_process_includes_its_children():
    burn = "sum(i * i for i in range(2_000_000))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('done', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"done\n"
        # Some kernels count in steps, and late on a busy machine.
        for _ in range(100):
            if used := processor_seconds(process.pid):
                break
            time.sleep(0.1)
        process.communicate(b"\n")
    assert used is not None
    assert used > 0


@needs_proc
def test_memory_of_a_process_is_told():
    code = "held = bytearray(b'x' * 50_000_000); print('done', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"done\n"
        held = memory_bytes(process.pid)
        process.communicate(b"\n")
    assert held > 50_000_000


def test_server_that_ends_at_once_is_told_with_what_it_printed(tmp_path):
    arguments = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    serving = running(arguments, port=free_port(), log=tmp_path / "log", core=None)

    with pytest.raises(RuntimeError, match="no such luck"), serving:
        raise AssertionError("it does not serve")


def test_all_that_a_server_started_ends_with_it(tmp_path):
    child = "import time; time.sleep(600)"
    code = (
        "import subprocess, sys, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, process_group=0
    )
    assert process.stdout
    pid = int(process.stdout.readline())

    stop(process)

    process.stdout.close()
    for _ in range(100):
        # Until its new parent has taken note of it, it is there in name.
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or ") Z " in stat.read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the server's child goes on")
