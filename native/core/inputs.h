// A method's inputs: checked against what the program declares, and handed over as the runtime's values.
#pragma once

#include <vector>

#include <executorch/runtime/executor/method.h>

#include "core/program_info.h"

namespace pteron {

// Throws invalid_argument for a wrong number of inputs, dtype, rank, extent or length of data.
void checkInputs(const MethodInfo& method, const std::vector<HostTensor>& inputs);

// The same of one input.
void checkInput(const MethodInfo& method, size_t index, const HostTensor& input);

// Sets all inputs of the method. It may keep pointers into `inputs`, which must live until it was executed.
// Throws invalid_argument where the runtime refuses one, as for a static shape of another extent.
void setInputs(executorch::runtime::Method& method, const MethodInfo& info, std::vector<HostTensor>& inputs);

// Sets one input to a dense tensor over `data`. Allocates nothing; rank at most 8.
executorch::runtime::Error setTensor(executorch::runtime::Method& method, size_t index, ScalarType dtype,
                                     const std::vector<int32_t>& shape, void* data);

} // namespace pteron
