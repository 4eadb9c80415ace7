#include "program_check.h"

#include "flatbuffer.h"
#include "mapped_file.h"

#include <algorithm>

namespace pteron::mlx {

namespace {

// Field numbers, in the order of program.fbs.
enum ProgramField { ExecutionPlan = 1, ConstantBuffer = 2, InlineData = 3, Segments = 4, NamedDatas = 7 };
enum PlanField { PlanName, Metadata, Values, Inputs, Outputs, Chains, Operators, Delegates, BufferSizes };
enum UnionField { Kind, Content };
enum TensorField { ScalarKind, StorageOffset, Sizes, DimOrder, Gradient, DataBuffer, Allocation, External = 9 };
enum DelegateField { DelegateId, Processed, CompileSpecs };
enum ReferenceField { Location, Index };
enum SpecField { Key, Value };
constexpr int kInstructions = 2, kCallArguments = 1; // of Chain; of KernelCall and DelegateCall
constexpr uint8_t kTensor = 5, kString = 6, kLastKind = 11, kKernelCall = 1, kDelegateCall = 2, kLastInstruction = 5;
constexpr int8_t kInSegment = 1;

[[noreturn]] void fail(const std::string& what) { throw fb::FormatError("damaged program: " + what); }

void require(const fb::Table& table, std::initializer_list<int> fields, const char* what) {
  for (const int field : fields)
    if (!table.has(field)) fail(std::string(what) + " lacks a part");
}

void checkValue(const fb::Table& value) {
  const auto kind = value.scalar<uint8_t>(Kind, 0);
  if (kind == 0 || kind > kLastKind) fail("a value is of no kind");
  require(value, {Content}, "a value");
  const fb::Table content = value.table(Content);
  if (kind == kTensor) require(content, {Sizes, DimOrder}, "a tensor");
  if (kind >= kString) require(content, {0}, "a list or string");
}

// Neither content nor planned memory: an input's, which the caller sets. Kernels write to such a tensor's null pointer.
bool hasNoMemory(const fb::Table& value) {
  if (value.scalar<uint8_t>(Kind, 0) != kTensor) return false;
  const fb::Table tensor = value.table(Content);
  if (tensor.scalar<uint32_t>(DataBuffer, 0) != 0 || tensor.has(Allocation) || tensor.has(External)) return false;
  const std::vector<int32_t> sizes = tensor.scalars<int32_t>(Sizes);
  return std::find(sizes.begin(), sizes.end(), 0) == sizes.end();
}

void checkValues(const fb::Table& plan) {
  const std::vector<int32_t> inputs = plan.scalars<int32_t>(Inputs);
  int32_t index = 0;
  for (const fb::Table& value : plan.tables(Values)) {
    checkValue(value);
    if (hasNoMemory(value) && std::find(inputs.begin(), inputs.end(), index) == inputs.end())
      fail("a tensor that is no input has no memory");
    ++index;
  }
}

void checkInstruction(const fb::Table& instruction) {
  const auto kind = instruction.scalar<uint8_t>(Kind, 0);
  if (kind == 0 || kind > kLastInstruction) fail("an instruction is of no kind");
  require(instruction, {Content}, "an instruction");
  if (kind == kKernelCall || kind == kDelegateCall)
    require(instruction.table(Content), {kCallArguments}, "an instruction");
}

void checkDelegate(const fb::Table& delegate, const fb::Table& root) {
  require(delegate, {DelegateId, Processed}, "a delegate");
  const fb::Table reference = delegate.table(Processed);
  const auto index = reference.scalar<uint32_t>(Index, 0);
  if (reference.scalar<int8_t>(Location, 0) == kInSegment) {
    if (index >= root.vector(Segments, 4).count) fail("a delegate's data are missing");
  } else {
    const auto data = root.tables(InlineData);
    if (index >= data.size()) fail("a delegate's data are missing");
    require(data[index], {0}, "a delegate's data");
  }
  for (const fb::Table& spec : delegate.tables(CompileSpecs)) require(spec, {Key, Value}, "a delegate's option");
}

void checkPlan(const fb::Table& plan, const fb::Table& root) {
  require(plan, {PlanName, Values, Inputs, Outputs, Chains, Operators, BufferSizes}, "a method");
  checkValues(plan);
  for (const fb::Table& chain : plan.tables(Chains)) {
    require(chain, {kInstructions}, "a method's chain");
    for (const fb::Table& instruction : chain.tables(kInstructions)) checkInstruction(instruction);
  }
  for (const fb::Table& operation : plan.tables(Operators)) require(operation, {0}, "an operator");
  for (const fb::Table& delegate : plan.tables(Delegates)) checkDelegate(delegate, root);
}

} // namespace

void checkProgramFile(const std::string& path) {
  const MappedFile file(path);
  const fb::Buffer buffer(file.data(), file.programBytes());
  const fb::Table root = fb::Table::root(buffer);
  require(root, {ExecutionPlan}, "the program");
  for (const fb::Table& plan : root.tables(ExecutionPlan)) checkPlan(plan, root);
  for (const fb::Table& constant : root.tables(ConstantBuffer)) require(constant, {0}, "a constant");
  for (const fb::Table& named : root.tables(NamedDatas)) require(named, {0}, "a named constant");
}

} // namespace pteron::mlx
