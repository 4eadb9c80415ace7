#!/usr/bin/env bash
# On the GPU machine: lays out a folder that pack.sh made under $2, as set-up would: cuda/ for libmlx and CUDA, addon/ for Pteron.
set -euo pipefail
from=$(realpath "$1") to=$2
mkdir -p "$to"/cuda/mlx/lib "$to"/cuda/mlx_cuda_13.libs "$to"/addon "$to"/python "$to"/mlxops "$to"/crt
cd "$to"
for archive in "$from"/*; do
  case $(basename "$archive") in
    libmlx*.so.xz) xz -dc "$archive" > cuda/mlx/lib/libmlx.so ;;
    headers.tar.xz) tar -xJf "$archive" -C cuda/mlx ;;
    crt.tar.xz) tar -xJf "$archive" -C crt ;;
    blas.tar.xz) tar -xJf "$archive" -C cuda/mlx_cuda_13.libs ;;
    node.xz) xz -dc "$archive" > node && chmod +x node ;;
    addon.tar.xz) tar -xJf "$archive" -C addon ;;
    programs.tar.xz) tar -xJf "$archive" ;;
    speech-models.tar.xz) tar -xJf "$archive" ;;
    *.tar.[0-9][0-9]) mkdir -p parts && cp "$archive" parts/ ;;
    mlxops.tar.xz) tar -xJf "$archive" -C mlxops ;;
    *.xz) xz -T0 -dc "$archive" > "$(basename "$archive" .xz)" ;;
    *.whl) (cd python && python3 -m zipfile -e "$archive" .) ;;
  esac
done
# Python's mlx uses the very library that the addon does.
if [ -d python/mlx ]; then ln -sfn "$to/cuda/mlx/lib" python/mlx/lib && ln -sfn "$to/cuda/mlx/include" python/mlx/include; fi
