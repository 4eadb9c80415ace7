# Reads a delegate's graph: static library pteron_mlx_graph. Expects EXECUTORCH_ROOT, whose schema the node structs are
# generated from.
find_program(PTERON_NODE node REQUIRED)

set(schema "${EXECUTORCH_ROOT}/backends/mlx/serialization/schema.fbs")
set(generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
add_custom_command(
  OUTPUT "${generated}/mlx_nodes.h" "${generated}/mlx_nodes.cpp"
  COMMAND "${PTERON_NODE}" "${CMAKE_CURRENT_SOURCE_DIR}/schema/generate.mjs" "${schema}" "${generated}"
  DEPENDS "${schema}" schema/generate.mjs schema/parse.mjs schema/emit.mjs
  COMMENT "Generating the MLX node structs" VERBATIM)

# Needs neither libmlx nor ExecuTorch.
add_library(pteron_mlx_graph STATIC dtype.cpp flatbuffer.cpp graph.cpp graph_info.cpp mapped_file.cpp program_check.cpp
  program_file.cpp
  "${generated}/mlx_nodes.cpp" "${generated}/mlx_nodes.h")
target_include_directories(pteron_mlx_graph PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}" "${generated}")
target_compile_features(pteron_mlx_graph PUBLIC cxx_std_20)
target_compile_options(pteron_mlx_graph PRIVATE -Wall -Wextra)
