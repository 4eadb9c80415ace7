# Sourced on the GPU machine, with `root` set: CUDA's libraries and headers from PyTorch's environment, libmlx as unpacked.
PATH=/opt/torch/.venv/bin:$PATH
site=$(python3 -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
ln -sfn "$site/nvidia" "$root/cuda/nvidia"
headers=$site/nvidia/cu13/include
ln -sfn "$root/crt/crt" "$headers/crt" # which PyTorch leaves out
for each in cute cutlass; do ln -sfn "$root/cuda/mlx/include/$each" "$headers/$each"; done
export CUDA_HOME=$site/nvidia/cu13 PTERON_CUDA=$root/cuda PTERON_ADDON=$root/addon/pteron.node
export PYTHONPATH=$root/python MLX_PTX_CACHE_DIR=$root/ptx
mkdir -p "$root/ptx"
