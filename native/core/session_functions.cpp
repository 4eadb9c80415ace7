#include "core/session_functions.h"

#include <cstdlib>
#include <string_view>

#ifdef PTERON_OWN_DELEGATE
#include "mlx/sessions.h"
#elif defined(PTERON_WITH_MLX)
#include <dlfcn.h>
#endif

namespace pteron {
namespace {

bool lanesAreUnwanted() {
  const char* lanes = std::getenv("PTERON_LANES");
  return lanes != nullptr && std::string_view(lanes) == "one";
}

#ifdef PTERON_OWN_DELEGATE

std::optional<SessionFunctions> lookUp() {
  namespace own = executorch::backends::mlx::detail;
  return SessionFunctions{own::mutable_state_create_context,   own::mutable_state_destroy_context,
                          own::mutable_state_begin_load,       own::mutable_state_end_load,
                          own::mutable_state_available,        own::mutable_state_bytes_per_session,
                          own::mutable_state_validate_coverage, own::mutable_state_create_session,
                          own::mutable_state_destroy_session,  own::mutable_state_set_active};
}

#elif defined(PTERON_WITH_MLX)

#ifdef __APPLE__
constexpr const char* kLibrary = "@rpath/libexecutorch_backend_mlx.dylib";
#else
constexpr const char* kLibrary = "libexecutorch_backend_mlx.so";
#endif

// Linked with the addon, so it is loaded already.
std::optional<SessionFunctions> lookUp() {
  void* library = dlopen(kLibrary, RTLD_LAZY | RTLD_NOLOAD);
  return library == nullptr ? std::nullopt : findSessionFunctions(library);
}

#else

std::optional<SessionFunctions> lookUp() { return std::nullopt; }

#endif

} // namespace

#if defined(PTERON_WITH_MLX) && !defined(PTERON_OWN_DELEGATE)

namespace {
template <typename Function> bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}
} // namespace

// As the compiler spells executorch::backends::mlx::detail::mutable_state_…
std::optional<SessionFunctions> findSessionFunctions(void* library) {
  SessionFunctions all{};
  const bool complete =
      find(library, "_ZN10executorch8backends3mlx6detail28mutable_state_create_contextEv", all.createContext) &&
      find(library, "_ZN10executorch8backends3mlx6detail29mutable_state_destroy_contextEi", all.destroyContext) &&
      find(library, "_ZN10executorch8backends3mlx6detail24mutable_state_begin_loadEi", all.beginLoad) &&
      find(library, "_ZN10executorch8backends3mlx6detail22mutable_state_end_loadEv", all.endLoad) &&
      find(library, "_ZN10executorch8backends3mlx6detail23mutable_state_availableEi", all.available) &&
      find(library, "_ZN10executorch8backends3mlx6detail31mutable_state_bytes_per_sessionEi", all.bytesPerSession) &&
      find(library, "_ZN10executorch8backends3mlx6detail31mutable_state_validate_coverageEi", all.validateCoverage) &&
      find(library, "_ZN10executorch8backends3mlx6detail28mutable_state_create_sessionEi", all.createSession) &&
      find(library, "_ZN10executorch8backends3mlx6detail29mutable_state_destroy_sessionEii", all.destroySession) &&
      find(library, "_ZN10executorch8backends3mlx6detail24mutable_state_set_activeEii", all.setActive);
  return complete ? std::optional(all) : std::nullopt;
}

#endif

const SessionFunctions* sessionFunctions() {
  static const std::optional<SessionFunctions> functions = lanesAreUnwanted() ? std::nullopt : lookUp();
  return functions ? &*functions : nullptr;
}

} // namespace pteron
