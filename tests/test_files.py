"""Files are whole or not there, and what a person named is written where it leads."""

import os
import threading
from pathlib import Path

from bot.files import write_atomically, write_where_asked


def test_a_place_that_a_person_named_is_written_through_its_link(tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    (tmp_path / "link.txt").symlink_to(there)
    write_where_asked(tmp_path / "link.txt", b"bread")
    assert (tmp_path / "link.txt").is_symlink()
    assert there.read_bytes() == b"bread"


def test_a_pipe_gets_the_bytes_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_where_asked(pipe, b"bread")
    reader.join(timeout=10)
    assert got == [b"bread"]
    assert pipe.is_fifo()


def test_what_the_bot_names_is_never_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"mine")
    (tmp_path / "paper.yaml").symlink_to(outside)
    write_atomically(tmp_path / "paper.yaml", b"bread")
    assert outside.read_bytes() == b"mine"
    assert (tmp_path / "paper.yaml").read_bytes() == b"bread"
