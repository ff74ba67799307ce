"""The throughput of the USB wire as a ratio to a bare libusb loop in the same bed, a Markdown row each:

    bench_usb.py CLIENT [ROUNDS [MEGABYTES]]

Programs take turns, so that a busy machine is unjust to none; a figure is the median of its rounds."""
import os
import pathlib
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "tests" / name) for name in ("usb", "end_to_end")]
from usb_bed import Bed  # noqa: E402

WAYS = {"wire": "the USB wire", "bare": "libusb, four transfers in flight", "plain": "libusb_bulk_transfer() in turns"}


def main(client, rounds=25, megabytes=16):
    size = int(megabytes) << 20
    seconds = {way: [] for way in WAYS}
    for _ in range(int(rounds)):
        for way in WAYS:
            bed = Bed()
            bed.do("printer", "p", "generic-80", "speed=high")
            bed.do("plug", "p", "1-1")
            bed.do("swallow", "p")
            done = subprocess.run([client, way, str(size)], env=dict(os.environ, **bed.environment()), check=True,
                                  capture_output=True, text=True)
            seconds[way].append(int(done.stdout) / 1e9)
            bed.close()
    print("| what | MB/s |\n|---|---:|")
    for way, words in WAYS.items():
        print(f"| {words} | {size / 1e6 / statistics.median(seconds[way]):.0f} |")
    for way in ("bare", "plain"):
        ratio = statistics.median(other / ours for ours, other in zip(seconds["wire"], seconds[way]))
        print(f"| the wire, as a ratio to {WAYS[way]} | {ratio:.2f} |")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
