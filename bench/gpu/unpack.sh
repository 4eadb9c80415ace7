#!/usr/bin/env bash
# On the GPU machine: lays out what pack.sh made, under $1. The addon finds libmlx beside it, and libmlx its headers in ../include.
set -euo pipefail
from=$1 to=$2
mkdir -p "$to/mlx/lib" "$to/mlx/include"
cd "$to"
for archive in "$from"/*; do
  case $(basename "$archive") in
    lib.tar.xz) tar -xJf "$archive" -C mlx/lib ;;
    libmlx*.so.xz) xz -dc "$archive" > mlx/lib/libmlx.so ;;
    cccl.tar.xz) tar -xJf "$archive" -C mlx ;;
    node.xz) xz -dc "$archive" > node && chmod +x node ;;
    mlxops.tar.xz) mkdir -p mlxops && tar -xJf "$archive" -C mlxops ;;
    *.pte.xz) xz -T0 -dc "$archive" > "$(basename "$archive" .xz)" ;;
    crt.zip) python3 -m zipfile -e "$archive" crt ;;
    *.whl) mkdir -p python && (cd python && python3 -m zipfile -e "$archive" .) ;;
    pteron.node) cp "$archive" mlx/lib/ ;;
    *) cp "$archive" . ;;
  esac
done
# Python's mlx uses the very library that the addon does.
if [ -d python/mlx ]; then mkdir -p python/mlx/lib python/mlx/include && ln -sf "$to/mlx/lib/"* python/mlx/lib/ && ln -sfn "$to/mlx/include/cccl" python/mlx/include/cccl; fi
