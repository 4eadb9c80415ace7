#!/usr/bin/env bash
# Packs all that a GPU machine without a network needs into folders of less than 64 MB: bash pack.sh OUTPUT. OUTPUT/speed holds
# libmlx, Node, Pteron, the programs and the peer; OUTPUT/operators upstream's operator cases.
# After `npm run setup -- cuda` and `npm run setup -- test` (the addon, the exporter, upstream's operator cases).
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "$1") cache=${PTERON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pteron} addon=dist/native/linux-x64
cuda=$cache/mlx-cuda-13-0.32.4-linux-x64 python=$cache/venv/bin/python
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mkdir -p "$out/speed" "$out/operators"

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
du -sh "$out"/*
