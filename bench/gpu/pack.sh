#!/usr/bin/env bash
# Packs all that a GPU machine without a network needs into folders of less than 64 MB: bash pack.sh OUTPUT. OUTPUT/speed holds
# libmlx, Node, Pteron, the programs and the peer; OUTPUT/speech what `run.sh speech` takes besides, with the installed models that
# SPEECH_MODELS names (whisper-base; those go into folders of their own, in parts); OUTPUT/operators upstream's operator cases.
# After `npm run setup -- cuda` and `npm run setup -- test` (the addon, the exporter, upstream's operator cases).
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "$1") cache=${PTERON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pteron} addon=dist/native/linux-x64
cuda=$cache/mlx-cuda-13-0.32.4-linux-x64 python=$cache/venv/bin/python
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
home=${PTERON_HOME:-$HOME/.local/share/pteron}
mkdir -p "$out/speed" "$out/speech" "$out/operators"

echo "libmlx, its headers and Node"
"$python" bench/gpu/strip_gpu.py "$cuda/mlx/lib/libmlx.so" "$work/libmlx.so"
xz -T0 -c "$work/libmlx.so" > "$out/speed/libmlx-sm90.so.xz"
tar -C "$cuda/mlx" -cJf "$out/speed/headers.tar.xz" include
tar -C "$cuda/nvidia/cu13/include" -cJf "$out/speed/crt.tar.xz" crt
tar -C "$cuda/mlx_cuda_13.libs" -cJf "$out/speed/blas.tar.xz" .
xz -T0 -c "$(readlink -f "$(command -v node)")" > "$out/speed/node.xz"

echo "Pteron, the operator cases, the programs and the peer"
strip -o "$work/pteron.node" "$addon/pteron.node"
cp "$addon"/libexecutorch*.so "$work"
(cd "$work" && tar -cJf "$out/speed/addon.tar.xz" pteron.node libexecutorch*.so)
xz -c dist/cli.cjs > "$out/speed/cli.cjs.xz"
tar -C "$cache/mlx-op-cases" -cJf "$out/operators/mlxops.tar.xz" .
"$python" bench/gpu/programs.py "$work/programs"
tar -C "$work/programs" -cSJf "$out/speed/programs.tar.xz" . # sparse: gigabytes of weights that are not there yet
for wheel in mlx==0.32.4 mlx-lm==0.32.2; do
  "$python" -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux_2_35_x86_64 \
    --dest "$out/speed" "$wheel"
done

echo "speech"
npx esbuild bench/gpu/recognition.ts --bundle --platform=node --log-level=error --outfile="$work/recognition.cjs"
xz -c "$work/recognition.cjs" > "$out/speech/recognition.cjs.xz"
"$python" bench/gpu/speech_programs.py "$work/speech-models"
tar -C "$work" -cSJf "$out/speech/speech-models.tar.xz" speech-models
for model in ${SPEECH_MODELS-whisper-base}; do # real weights hardly pack: 50 MB a folder
  mkdir -p "$work/parts"
  tar -C "$home/models" -c "$model" | split -b 50M -d - "$work/parts/$model.tar."
  for part in "$work/parts/$model.tar."*; do
    mkdir -p "$out/speech-${part##*/}" && mv "$part" "$out/speech-${part##*/}/"
  done
done
du -sh "$out"/*
