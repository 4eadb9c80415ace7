#!/usr/bin/env bash
# Packs all that a GPU machine without a network needs into two folders of less than 64 MB each: bash pack.sh OUTPUT
# After `npm run setup -- cuda` and `npm run setup -- test` (the addon, the exporter, upstream's operator cases).
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "$1") cache=${PTERON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pteron} addon=dist/native/linux-x64
cuda=$cache/mlx-cuda-13-0.32.4-linux-x64 python=$cache/venv/bin/python
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mkdir -p "$out/1" "$out/2"

echo "libmlx, its headers and Node"
"$python" bench/gpu/strip_gpu.py "$cuda/mlx/lib/libmlx.so" "$work/libmlx.so"
xz -T0 -c "$work/libmlx.so" > "$out/1/libmlx-sm90.so.xz"
tar -C "$cuda/mlx" -cJf "$out/1/headers.tar.xz" include
tar -C "$cuda/nvidia/cu13/include" -cJf "$out/1/crt.tar.xz" crt
tar -C "$cuda/mlx_cuda_13.libs" -cJf "$out/1/blas.tar.xz" .
xz -T0 -c "$(readlink -f "$(command -v node)")" > "$out/1/node.xz"

echo "Pteron, the operator cases, the programs and the peer"
strip -o "$work/pteron.node" "$addon/pteron.node"
cp "$addon"/libexecutorch*.so "$work"
(cd "$work" && tar -cJf "$out/2/addon.tar.xz" pteron.node libexecutorch*.so)
xz -c dist/cli.cjs > "$out/2/cli.cjs.xz"
tar -C "$cache/mlx-op-cases" -cJf "$out/2/mlxops.tar.xz" .
"$python" bench/gpu/programs.py "$work/programs"
for file in "$work"/programs/*; do xz -T0 -c "$file" > "$out/2/$(basename "$file").xz"; done
for wheel in mlx==0.32.4 mlx-lm==0.32.2; do
  "$python" -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux_2_35_x86_64 \
    --dest "$out/2" "$wheel"
done
du -sh "$out/1" "$out/2"
