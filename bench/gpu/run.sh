#!/usr/bin/env bash
# On the GPU machine, in the repository: OUT=RESULTS bash bench/gpu/run.sh speed|speech|operators PACKED-FOLDER … (no folders where they are
# unpacked already).
#   speed      Pteron beside mlx-lm on the same libmlx, GPU and weights, alternately; MODELS names them, ROUNDS says how often
#   speech     from a clip's end to its text: Parakeet with random weights, and the installed models that were packed
#   operators  upstream's operator tests
# `node bench/gpu/report.mjs RESULTS` then puts the speeds into bench/RESULTS.md, test/mlx-ops/report.mjs the tests into docs/MLX.md.
set -uo pipefail
what=$1 && shift
repo=$PWD root=${PTERON_GPU_ROOT:-$HOME/pteron-gpu}
for folder in "$@"; do bash bench/gpu/unpack.sh "$folder" "$root"; done
. bench/gpu/env.sh
cd "$root" || exit 1
addon=$repo/bench/gpu/load.mjs

fill() { [ -e "$1.filled" ] || { python3 "$repo/bench/gpu/fill.py" "$1.pte" "$1.json" && touch "$1.filled"; }; }

describe() {
  nvidia-smi --query-gpu=name,driver_version --format=csv,noheader > "$OUT/machine.txt"
  echo "$(grep -m1 "model name" /proc/cpuinfo | cut -d: -f2), $(nproc) virtual cores" >> "$OUT/machine.txt"
  ./node cli.cjs doctor > "$OUT/doctor.txt" 2>&1
  python3 "$repo/bench/gpu/bandwidth.py" > "$OUT/bandwidth.txt"
}

speed() {
  local models=${MODELS:-gemma3-270m qwen3-4b qwen3.5-35b-a3b} rounds=${ROUNDS:-3}
  [ -e "$OUT/bandwidth.txt" ] || describe
  for model in $models; do fill "$model" & done # while the first one is measured the last one is made
  for model in $models; do
    until [ -e "$model.filled" ]; do sleep 0.2; done
    for _ in $(seq "$rounds"); do
      ./node --import "$addon" "$repo/bench/gpu/ours.mjs" "$PTERON_ADDON" "$model.pte" "$model.json" 1024 128 2 >> "$model.ours" 2>> "$OUT/$model.log"
      python3 "$repo/bench/gpu/peer.py" "$model.pte" "$model.json" 1024 128 2 >> "$model.peer" 2>> "$OUT/$model.log"
    done
    python3 "$repo/bench/gpu/collect.py" "$model" "$model.json" "$model.ours" "$model.peer" >> "$OUT/speed.jsonl"
    echo "$model measured after $SECONDS s"
  done
}

speech() {
  [ -e "$OUT/bandwidth.txt" ] || describe
  local clips=$repo/test/fixtures/speech model
  for first in parts/*.tar.00; do
    [ ! -e "$first" ] || cat "${first%00}"[0-9][0-9] | tar -x -C speech-models
  done
  for model in speech-models/*; do
    [ ! -e "$model/fill.json" ] || [ -e "$model/filled" ] || { python3 "$repo/bench/gpu/fill.py" "$model/model.pte" "$model/fill.json" && touch "$model/filled"; }
    for how in greedy $([ -e "$model/fill.json" ] || echo plain editor); do
      ./node --import "$addon" recognition.cjs "$model" "$clips/settings-en.wav,$clips/fox-en.wav" "${CLIPS:-40}" 5 "$how" >> "$OUT/speech.jsonl" 2>> "$OUT/speech.log"
      tail -n 1 "$OUT/speech.jsonl"
    done
  done
}

operators() {
  # In shards: libmlx compiles kernels at their first use, some for more than a minute.
  mkdir -p ops
  for shard in $(seq 0 13); do
    timeout "${OPERATOR_SECONDS:-300}" ./node --import "$addon" "$repo/test/mlx-ops/runCases.mjs" mlxops "$PTERON_ADDON" "ops/$shard.json" "$shard/14" > "ops/$shard.log" 2>&1 &
  done
  wait
  tar -C ops -cJf "$OUT/operators.tar.xz" .
  grep -h "cases pass\|differ\|failed" ops/*.log | cut -c1-200
}

"$what"
