#!/usr/bin/env bash
# On the GPU machine, in the repository: runs upstream's operator tests and times Pteron beside mlx-lm on the same libmlx, GPU and
# weights, alternately: OUT=RESULTS bash bench/gpu/run.sh PACKED-FOLDER … (or none, where they are unpacked).
# `node bench/gpu/report.mjs RESULTS` then puts the results into bench/RESULTS.md.
set -uo pipefail
repo=$PWD root=${PTERON_GPU_ROOT:-/root/pteron-gpu}
for folder in "$@"; do bash bench/gpu/unpack.sh "$folder" "$root"; done
. bench/gpu/env.sh
cd "$root" || exit 1
mkdir -p ops
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader > "$OUT/machine.txt"
echo "$(grep -m1 "model name" /proc/cpuinfo | cut -d: -f2), $(nproc) virtual cores" >> "$OUT/machine.txt"
./node cli.cjs doctor > "$OUT/doctor.txt" 2>&1
python3 "$repo/bench/gpu/bandwidth.py" > "$OUT/bandwidth.txt"
addon=$repo/bench/gpu/load.mjs
for model in gemma3-270m qwen3-4b; do
  python3 "$repo/bench/gpu/fill.py" $model.pte $model.json
  for round in 1 2 3; do
    ./node --import "$addon" "$repo/bench/gpu/ours.mjs" "$PTERON_ADDON" $model.pte $model.json 1024 128 2 >> ours.jsonl
    python3 "$repo/bench/gpu/peer.py" $model.pte $model.json 1024 128 2 >> peer.jsonl
  done
  python3 "$repo/bench/gpu/collect.py" $model $model.json ours.jsonl peer.jsonl >> "$OUT/speed.jsonl"
  rm -f ours.jsonl peer.jsonl
done
# In shards: libmlx compiles kernels at their first use, some for more than a minute.
for shard in $(seq 0 13); do
  timeout 300 ./node --import "$addon" "$repo/test/mlx-ops/runCases.mjs" mlxops "$PTERON_ADDON" "$OUT/ops.$shard.json" $shard/14 > ops/$shard.log 2>&1 &
done
wait
grep -h "cases pass\|differ\|failed" ops/*.log | cut -c1-200
