# pteron.node and what is installed beside it.
if(CMAKE_JS_INC)
  set(pteron_node_headers ${CMAKE_JS_INC})
else()
  set(pteron_node_modules "${CMAKE_CURRENT_SOURCE_DIR}/../node_modules")
  set(pteron_node_headers "${pteron_node_modules}/node-api-headers/include" "${pteron_node_modules}/node-addon-api")
endif()

add_library(pteron SHARED
  addon.cpp node/addon_data.cpp node/arguments.cpp node/job.cpp node/js_queue.cpp
  node/program_host.cpp node/program_wrap.cpp node/runtime_info_value.cpp node/sampling_arguments.cpp
  node/session_host.cpp node/session_wrap.cpp node/tensor_value.cpp)
set_target_properties(pteron PROPERTIES PREFIX "" SUFFIX ".node" NO_SONAME ON
  BUILD_RPATH_USE_ORIGIN ON
  INSTALL_RPATH "$<$<NOT:$<PLATFORM_ID:Darwin>>:$ORIGIN>")
target_include_directories(pteron SYSTEM PRIVATE ${pteron_node_headers})
target_compile_definitions(pteron PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS BUILDING_NODE_EXTENSION)
target_compile_options(pteron PRIVATE -Wall -Wextra)
target_link_libraries(pteron PRIVATE pteron_core)
if(APPLE)
  # Linked as it ships: what is changed later, as installing would do with a path, no longer fits its signature.
  set_target_properties(pteron PROPERTIES BUILD_WITH_INSTALL_RPATH ON)
  target_link_options(pteron PRIVATE -undefined dynamic_lookup LINKER:-rpath,@loader_path)
else()
  # nodelete: backends and the log hook are registered with the runtime once a process, so the code behind them must
  # survive the end of the worker thread that loaded the addon first.
  # exclude-libs: our static libraries' symbols stay inside.
  target_link_options(pteron PRIVATE -Wl,-z,nodelete -Wl,--exclude-libs,ALL)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT PTERON_SANITIZE)
    target_link_options(pteron PRIVATE -s)
  endif()
endif()

install(TARGETS pteron LIBRARY DESTINATION . COMPONENT addon RUNTIME DESTINATION . COMPONENT addon)
set(pteron_shared ${pteron_executorch} executorch::threadpool)
foreach(library IN LISTS pteron_shared)
  install(FILES $<TARGET_FILE:${library}> DESTINATION . COMPONENT addon)
endforeach()
if(APPLE AND PTERON_WITH_MLX)
  install(FILES "${MLX_METALLIB_PATH}" DESTINATION . COMPONENT addon)
elseif(PTERON_WITH_MLX)
  file(GLOB pteron_mlx_libraries "${MLX_ROOT}/lib/libmlx*.so" "${MLX_ROOT}/../mlx_cpu.libs/*.so*")
  install(FILES ${pteron_mlx_libraries} DESTINATION . COMPONENT addon)
  install(CODE [[set(pteron_relocated libmlx.so)]] COMPONENT addon)
endif()
if(NOT APPLE)
  # ExecuTorch's targets add the build machine's paths, and libmlx looks for its BLAS in the wheel's layout.
  install(CODE [[
    foreach(file pteron.node ${pteron_relocated})
      file(RPATH_SET FILE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${file}" NEW_RPATH "$ORIGIN")
    endforeach()]] COMPONENT addon)
endif()
