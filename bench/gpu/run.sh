#!/usr/bin/env bash
# On the GPU machine, in the repository: unpacks what was carried, runs upstream's operator tests and times Pteron beside
# mlx-lm on the same libmlx, GPU and weights, alternately. Results go to $OUT; report.mjs puts them into RESULTS.md.
set -uo pipefail
repo=$PWD root=${PTERON_GPU_ROOT:-/root/pteron-gpu}
for folder in "$@"; do bash bench/gpu/unpack.sh "$repo/$folder" "$root"; done
. bench/gpu/env.sh
export LD_LIBRARY_PATH=$root/mlx/lib:$LD_LIBRARY_PATH PYTHONPATH=$root/python MLX_PTX_CACHE_DIR=$root/ptx
mkdir -p "$root/ptx" "$root/ops"
# libmlx compiles kernels against CUTLASS and CUDA's own headers, of which PyTorch's environment lacks some.
for headers in "$root"/mlx/include/{cute,cutlass} "$root"/crt/nvidia/*/include/crt; do ln -sfn "$headers" "$CUDA_HOME/include/$(basename "$headers")"; done
cd "$root" || exit 1
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader > "$OUT/machine.txt"
python3 "$repo/bench/gpu/bandwidth.py" > "$OUT/bandwidth.txt"
for model in gemma3-270m qwen3-4b; do
  python3 "$repo/bench/gpu/fill.py" $model.pte $model.json
  for round in 1 2 3; do
    ./node "$repo/bench/gpu/ours.mjs" mlx/lib/pteron.node $model.pte $model.json 1024 128 2 >> ours.jsonl
    python3 "$repo/bench/gpu/peer.py" $model.pte $model.json 1024 128 2 >> peer.jsonl
  done
  python3 - "$model" ours.jsonl peer.jsonl >> "$OUT/speed.jsonl" <<'P'
import json, sys
lines = [json.loads(line) | {"model": sys.argv[1]} for name in sys.argv[2:] for line in open(name)]
print("\n".join(map(json.dumps, lines)))
P
  rm -f ours.jsonl peer.jsonl
done
for shard in $(seq 0 13); do
  timeout 300 ./node "$repo/test/mlx-ops/runCases.mjs" mlxops mlx/lib/pteron.node ops/$shard.json $shard/14 > ops/$shard.log 2>&1 &
done
wait
tar -cJf "$OUT/ops.tar.xz" -C "$root" ops
grep -h "cases pass\|differ\|failed" ops/*.log | cut -c1-200
