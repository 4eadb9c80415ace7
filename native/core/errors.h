// Every failure of the addon, each with one factory. The codes are those of src/protocol/errors.ts.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace pteron {

// Becomes a JavaScript Error with the properties `code` and `remedy`.
class CodedError : public std::runtime_error {
public:
  CodedError(const char* code, const std::string& message, std::string remedy)
      : std::runtime_error(message), code_(code), remedy_(std::move(remedy)) {}
  const char* code() const noexcept { return code_; }
  const std::string& remedy() const noexcept { return remedy_; }

private:
  const char* code_;
  std::string remedy_;
};

CodedError programMissing(const std::string& path);
CodedError programInvalid(const std::string& path, const std::string& detail);
// A node, backend, operator or signature that this build cannot run; `detail` names it.
CodedError programUnsupported(const std::string& path, const std::string& detail);
// A method that follows no contract known here; `detail` says why.
CodedError signatureUnsupported(const std::string& path, const std::string& method, const std::string& detail);
// Its KV caches are outside its graphs, where the delegate of this platform cannot reach them.
CodedError unsupportedCache(const std::string& path);
// All figures in bytes; `what` says what they are made of.
CodedError outOfMemory(const std::string& what, uint64_t needed, uint64_t allowed);
CodedError invalidArgument(const std::string& message);
CodedError promptTooLong(int64_t tokens, int64_t contextLength);
CodedError inferenceFailed(const std::string& detail);
CodedError disposed(const std::string& what);
CodedError sessionPoisoned(const std::string& cause);
CodedError internalError(const std::string& detail);

// "1.5 GB", for messages.
std::string formatBytes(uint64_t bytes);

} // namespace pteron
