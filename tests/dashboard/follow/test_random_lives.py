"""A log's life at random, and its follower killed at random: each whole row is one trade."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dashboard.follow.harness import HEADER, Following, row

OPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4)),
        st.tuples(st.just("tear"), st.integers(1, 120)),
        st.tuples(st.sampled_from(["step", "step", "kill", "rename", "copy", "rewrite", "replace"]),
                  st.just(0)),
    ),
    min_size=5,
    max_size=25,
)  # fmt: skip


class Bot:
    """Writes rows into its log, whole or in two pieces, and turns the log over in many ways."""

    def __init__(self, folder: Path) -> None:
        self.log, self.written, self.rotations = folder / "trades.csv", 0, 0
        self.rest = ""
        self.log.write_text(HEADER)

    def append(self, count: int) -> None:
        self._write(self.rest)
        self.rest = ""
        for _ in range(count):
            self.written += 1
            self._write(row(self.written))

    def tear(self, at: int) -> None:
        """Half a row now, the other half before anything else."""
        self.append(0)
        self.written += 1
        whole = row(self.written)
        at = min(at, len(whole) - 1)
        self._write(whole[:at])
        self.rest = whole[at:]

    def rename(self) -> None:
        self.append(0)
        self.log.rename(self._older())
        self.log.write_text(HEADER)

    def copy(self) -> None:
        self.append(0)
        shutil.copy(self.log, self._older())
        self.log.write_text(HEADER)

    def rewrite(self) -> None:
        self.append(0)
        self.log.write_text(self.log.read_text())

    def replace(self) -> None:
        self.append(0)
        shutil.copy(self.log, self.log.with_name("new.tmp"))
        self.log.with_name("new.tmp").replace(self.log)

    def _older(self) -> Path:
        self.rotations += 1
        return self.log.with_name(f"trades.csv.{self.rotations}")

    def _write(self, text: str) -> None:
        with self.log.open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)


@settings(
    max_examples=30, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(OPS)
def test_each_whole_row_becomes_one_trade(ops: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(Path(folder))
        following = Following(Path(folder))
        following.step()
        for name, number in ops:
            if name == "step":
                following.step()
            elif name == "kill":
                following.restart()
            elif number:
                getattr(bot, name)(number)
            else:
                getattr(bot, name)()
        bot.append(0)
        following.step(4)
        assert following.reasons == []
        assert len(following.nets) == len(set(following.ids)) == bot.written
