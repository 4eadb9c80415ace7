#include "core/errors.h"

#include <cstdio>

namespace pteron {

CodedError programMissing(const std::string& path) {
  return {"program_missing", "There is no program at " + path + ".", "Install the model again, or correct the path."};
}

CodedError programInvalid(const std::string& path, const std::string& detail) {
  return {"program_invalid", path + " is not a usable ExecuTorch program: " + detail + ".",
          "The file may be damaged or not a .pte: install or export the model again."};
}

CodedError programUnsupported(const std::string& path, const std::string& detail) {
  return {"program_unsupported", path + " cannot be run by this build: " + detail + ".",
          "Export the model again with this version of Pteron, or update Pteron."};
}

CodedError signatureUnsupported(const std::string& path, const std::string& method, const std::string& detail) {
  return {"program_unsupported", path + " has no language model in its method " + method + ": " + detail + ".",
          "Known are (tokens int64[1,S], position int64[1], keep int64[K]) as Pteron exports it, (tokens, positions int64[S]) "
          "and (tokens, start int64[1]) as ExecuTorch's and optimum-executorch's exporters do, each with a KV cache. Export "
          "the model again with one of them."};
}

CodedError unsupportedCache(const std::string& path) {
  return {"unsupported_cache", path + " keeps its KV cache outside its graph, which MLX on macOS does not offer to applications.",
          "Export it again with the cache inside: python -m executorch.backends.mlx.examples.llm.export_llm_hf --model-id "
          "MODEL --output model.pte --use-custom-sdpa --use-custom-kv-cache (without --use-offgraph-cache). On Linux it "
          "runs as it is."};
}

CodedError outOfMemory(const std::string& what, uint64_t needed, uint64_t allowed) {
  return {"out_of_memory", what + " needs " + formatBytes(needed) + ", and " + formatBytes(allowed) + " are allowed.",
          "Choose a smaller model or a lower quantization, close other programs, or raise the memory limit."};
}

CodedError invalidArgument(const std::string& message) {
  return {"invalid_argument", message, "Correct the call."};
}

CodedError promptTooLong(int64_t tokens, int64_t contextLength) {
  return {"prompt_too_long",
          std::to_string(tokens) + " tokens do not fit into a context of " + std::to_string(contextLength) + ".",
          "Shorten the prompt, or use a model with a longer context."};
}

CodedError inferenceFailed(const std::string& detail) {
  return {"inference_failed", "The runtime failed: " + detail + ".", "Try again; if it persists, install the model again."};
}

CodedError disposed(const std::string& what) {
  return {"disposed", "This " + what + " was disposed.", "Load it again."};
}

CodedError sessionPoisoned(const std::string& cause) {
  return {"session_poisoned", "An earlier failure left this session unusable: " + cause, "Reset the session."};
}

CodedError internalError(const std::string& detail) {
  return {"internal", "A defect in Pteron's addon: " + detail + ".", "Please report it."};
}

std::string formatBytes(uint64_t bytes) {
  char text[32];
  if (bytes >= 1'000'000'000) {
    std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
  } else if (bytes >= 1'000'000) {
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%llu bytes", static_cast<unsigned long long>(bytes));
  }
  return text;
}

} // namespace pteron
