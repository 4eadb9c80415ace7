# Sourced on the GPU machine: CUDA's libraries and headers from PyTorch's environment.
site=$(echo /opt/torch/.venv/lib/python3*/site-packages)
export LD_LIBRARY_PATH=$(echo "$site"/nvidia/*/lib | tr ' ' ':'):$(echo "$site"/nvidia/*/*/lib | tr ' ' ':')
for headers in "$site"/nvidia/cu13 "$site"/nvidia/cuda_runtime; do
  if [ -d "$headers/include" ]; then export CUDA_HOME=$headers CUDA_PATH=$headers; break; fi
done
PATH=/opt/torch/.venv/bin:$PATH
