// The index of the largest logit, without converting or copying the row.
#pragma once

#include <cstdint>

namespace pteron {

enum class LogitType : uint8_t { F32, F16, BF16 };

// One row of logits in the dtype the program declares.
struct LogitRow {
  const void* data = nullptr;
  LogitType type = LogitType::F32;
  int64_t size = 0;
};

// The first index of the row's maximum; -1 where the row holds a NaN or has no finite maximum (a failed computation).
int64_t argmax(const LogitRow& row);

// Writes the row as fp32.
void toFloat(const LogitRow& row, float* out);

} // namespace pteron
