# Builds the addon of Apple Silicon Macs on Linux, with zig as compiler and linker (it carries clang, the system's headers
# and its list of symbols). Cache variables: PTERON_ZIG, the zig program; PTERON_LIBCXX_STUB, a text stub of the
# system's C++ library, which scripts/macho/systemLibraries.mjs writes.
#
# Exceptions and RTTI cross between the addon and ExecuTorch's libraries, so both must use the system's libc++; zig would
# link a copy of its own (-nostdlib++). Its headers then have to know which functions macOS 14 has: zig turns those
# annotations off, for its copy has all. Sized operator delete is off as in Apple's own compiler for that system.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_OSX_SYSROOT "")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PTERON_ZIG PTERON_LIBCXX_STUB)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET aarch64-macos.14.0)
  set(CMAKE_${language}_FLAGS_INIT "-g0")
  set(CMAKE_${language}_ARCHIVE_CREATE "\"${PTERON_ZIG}\" ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "\"${PTERON_ZIG}\" ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "\"${PTERON_ZIG}\" ranlib <TARGET>")
endforeach()
set(CMAKE_C_COMPILER "${PTERON_ZIG}" cc)
set(CMAKE_CXX_COMPILER "${PTERON_ZIG}" c++)
string(APPEND CMAKE_CXX_FLAGS_INIT " -Wno-builtin-macro-redefined -U_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS"
  " -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=1 -fno-sized-deallocation")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-nostdlib++")
set(CMAKE_CXX_STANDARD_LIBRARIES "\"${PTERON_LIBCXX_STUB}\"")
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
# Nothing is changed after linking (that would break the signature); CMake only insists on having it.
find_program(CMAKE_INSTALL_NAME_TOOL NAMES true REQUIRED)
