"""How far the embedded store goes: a million made-up points, and ways to keep fewer of them.

python -m evals.bench_points [--points 1000000] [--variant-points 100000] [--only NAME ...]

Vectors are made, not embedded. A query is a principal's hybrid one: both arms inside the access filter, the best 100 of each,
ten hits read. One variant at a time, each in a store process of its own that is restarted before it is asked.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from evals.points_bench.variants import Measured, Variant, measure


def variants(count: int, variant_count: int) -> list[Variant]:
    """The default at full size and smaller; the others at the smaller size."""
    return [
        Variant("default", count),
        Variant("default, fewer", variant_count),
        Variant("on disk", variant_count, {"on_disk": True}),
        Variant("int8", variant_count, {"quantization": "scalar"}),
        Variant("1 bit", variant_count, {"quantization": "binary"}),
        Variant("HNSW", variant_count, hnsw=True),
        Variant("HNSW, int8, on disk", variant_count, {"quantization": "scalar", "on_disk": True}, hnsw=True),
    ]


def table(rows: Sequence[Measured]) -> str:
    """A row for each variant, in Markdown."""
    lines = [
        "| kept | points | loaded per s | graph built in s | store MB after loading | after a restart and queries "
        "| disk MB | p50 ms | p95 ms | dense recall@10 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        variant, timed = row.variant, row.latency
        built = f"{row.build_s:.0f}" if variant.hnsw else ""
        recall = "exact" if row.dense_recall is None else f"{row.dense_recall:.2f}"
        lines.append(
            f"| {variant.name} | {variant.count:,} | {row.points_per_s:.0f} | {built} | {row.loaded_mb:.0f} "
            f"| {row.restarted_mb:.0f} | {row.disk_mb:.0f} | {timed.p50_ms:.1f} | {timed.p95_ms:.1f} | {recall} |"
        )
    return "\n".join(lines)


def sizing(rows: Sequence[Measured]) -> str:
    """What another million chunks takes, from the difference between the default way at two sizes."""
    plain = sorted(
        (row for row in rows if not row.variant.settings and not row.variant.hnsw),
        key=lambda row: row.variant.count,
    )
    if len(plain) < 2 or plain[0].variant.count == plain[-1].variant.count:
        return "Sizing needs the default way at two sizes."
    few, many = plain[0], plain[-1]
    millions = (many.variant.count - few.variant.count) / 1_000_000
    return (
        "Every further million chunks, kept as by default, takes "
        f"{(many.loaded_mb - few.loaded_mb) / millions:,.0f} MB of memory after loading, "
        f"{(many.restarted_mb - few.restarted_mb) / millions:,.0f} MB after a restart and queries (the rest is mapped "
        f"from disk), {(many.disk_mb - few.disk_mb) / millions:,.0f} MB of disk, and "
        f"{(many.latency.p50_ms - few.latency.p50_ms) / millions:,.0f} ms a query: search without a graph looks at "
        "every vector."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench_points", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--points", type=int, default=1_000_000, help="of the default way to keep them")
    parser.add_argument("--variant-points", type=int, default=100_000, help="of the others")
    parser.add_argument("--only", nargs="+", default=[], help="names of variants")
    options = parser.parse_args(arguments)
    chosen = [
        variant
        for variant in variants(options.points, options.variant_points)
        if not options.only or variant.name in options.only
    ]
    rows = []
    for variant in chosen:
        rows.append(asyncio.run(measure(variant)))
        sys.stderr.write(f"{variant.name}: {rows[-1].latency.p50_ms:.1f} ms\n")
    if not rows:
        sys.stderr.write("no variant has this name\n")
        return 2
    sys.stdout.write(f"{table(rows)}\n\n{sizing(rows)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
