// Attention and rotary position embedding.
#include "../failure.h"
#include "../handlers.h"
#include "attend.h"
#include "quantized_weights.h"

namespace pteron::mlx {

namespace {

// The tensor with its last dimension contiguous, in a type that the kernel reads.
Tensor rowsOf(Frame& frame, const Tensor& tensor, bool asFloat) {
  const bool contiguous = tensor.shape.last() == 1 || tensor.strides[static_cast<size_t>(tensor.shape.rank) - 1] == 1;
  if (asFloat && tensor.memory != DType::F32)
    return denseTensor(const_cast<float*>(frame.floats(tensor)), tensor.type, DType::F32, tensor.shape);
  return contiguous ? tensor : frame.denseCopy(tensor);
}

// Batch `b` of [B, H, T, D] as the head's and the row's stride.
struct Heads {
  char* data;
  int64_t head, row;
};

Heads batch(const Tensor& tensor, int64_t b) {
  return {tensor.as<char>() + b * tensor.strides[0] * static_cast<int64_t>(byteSize(tensor.memory)), tensor.strides[1],
          tensor.strides[2]};
}

// A mask [.., H or 1, Lq or 1, Lk] seen as [B, H, Lq, Lk], its last dimension contiguous.
Tensor maskOf(Frame& frame, Tensor mask, const Shape& scores) {
  if (isFloat(mask.memory))
    mask = rowsOf(frame, mask, true);
  else
    expect(mask.memory == DType::Bool, "an attention mask is neither boolean nor float");
  Strides strides = broadcastStrides(mask, scores);
  if (strides[3] != 1 && scores[3] > 1) { // one value for all keys: spread it
    mask.strides = strides;
    mask.shape = scores;
    mask = frame.denseCopy(mask);
    strides = mask.strides;
  }
  mask.shape = scores;
  mask.strides = strides;
  return mask;
}

void check(const Tensor& q, const Tensor& k, const Tensor& v) {
  expect(q.shape.rank == 4 && k.shape.rank == 4 && v.shape.rank == 4, "attention takes tensors of four dimensions");
  expect(q.shape[0] == k.shape[0] && q.shape[0] == v.shape[0], "attention's batches differ");
  expect(q.shape[3] == k.shape[3] && k.shape[2] == v.shape[2] && k.shape[1] == v.shape[1],
         "attention's keys and values do not fit");
  expect(k.shape[1] > 0 && q.shape[1] % k.shape[1] == 0, "attention's heads are no multiple of its key heads");
  expect(k.memory == v.memory, "attention's keys and values have different types");
  expect(isFloat(q.memory) && isFloat(k.memory), "attention takes floats");
}

// Laid out as [B, Lq, H, D] and seen as [B, H, Lq, D]: the transpose and reshape that follow are then free.
Tensor& attentionOutput(Frame& frame, Tid out, const Tensor& q, int64_t valueDim) {
  Tensor& tensor = frame.temporary(out, q.type, DType::F32, Shape{q.shape[0], q.shape[2], q.shape[1], valueDim});
  std::swap(tensor.shape[1], tensor.shape[2]);
  std::swap(tensor.strides[1], tensor.strides[2]);
  return tensor;
}

cpu::Attention callOf(const AttentionOperands& operands, const Tensor& q, int64_t kvHeads, int64_t valueDim,
                      int64_t keys) {
  cpu::Attention call;
  call.heads = q.shape[1], call.kvHeads = kvHeads;
  call.queries = q.shape[2], call.keys = keys;
  call.dim = q.shape[3], call.valueDim = valueDim;
  call.scale = operands.scale;
  call.causal = operands.causal;
  return call;
}

// Queries, output and mask of batch `b`.
void setBatch(cpu::Attention& call, int64_t b, const Tensor& q, const Tensor& out, const Tensor* mask) {
  const Heads queries = batch(q, b), outputs = batch(out, b);
  call.q = reinterpret_cast<const float*>(queries.data), call.qHeadStride = queries.head, call.qRowStride = queries.row;
  call.out = reinterpret_cast<float*>(outputs.data), call.outHeadStride = outputs.head,
  call.outRowStride = outputs.row;
  if (!mask) return;
  const Heads masks = batch(*mask, b);
  call.maskHeadStride = masks.head, call.maskRowStride = masks.row;
  if (mask->memory == DType::Bool)
    call.boolMask = reinterpret_cast<const uint8_t*>(masks.data);
  else
    call.addMask = reinterpret_cast<const float*>(masks.data);
}

void attendQuantized(Frame& frame, const AttentionOperands& operands, Tid outTid, DType type) {
  const std::vector<cpu::QuantizedMatrix> keys = headsOf(frame, operandsOf(*operands.quantizedK));
  const std::vector<cpu::QuantizedMatrix> values = headsOf(frame, operandsOf(*operands.quantizedV));
  expect(operands.q.shape.rank == 4 && operands.q.shape[0] == 1 && isFloat(operands.q.memory),
         "attention takes floats of four dimensions");
  expect(!keys.empty() && keys.size() == values.size() && keys[0].rows == values[0].rows &&
             keys[0].columns == operands.q.shape[3] &&
             operands.q.shape[1] % static_cast<int64_t>(keys.size()) == 0,
         "attention's keys and values do not fit");
  const Tensor q = rowsOf(frame, operands.q, true);
  Tensor mask;
  if (operands.mask) mask = maskOf(frame, *operands.mask, Shape{1, q.shape[1], q.shape[2], keys[0].rows});
  Tensor& result = attentionOutput(frame, outTid, q, values[0].columns);
  result.type = type;
  cpu::Attention call =
      callOf(operands, q, static_cast<int64_t>(keys.size()), values[0].columns, keys[0].rows);
  call.quantizedK = keys.data(), call.quantizedV = values.data();
  setBatch(call, 0, q, result, operands.mask ? &mask : nullptr);
  cpu::attention(frame.pool(), call);
}

} // namespace

void attend(Frame& frame, const AttentionOperands& operands, Tid outTid, DType type) {
  if (operands.quantizedK) return attendQuantized(frame, operands, outTid, type);
  check(operands.q, operands.k, operands.v);
  const Tensor q = rowsOf(frame, operands.q, true);
  const Tensor k = rowsOf(frame, operands.k, false), v = rowsOf(frame, operands.v, false);
  const Shape scores{q.shape[0], q.shape[1], q.shape[2], k.shape[2]};
  Tensor mask;
  if (operands.mask) mask = maskOf(frame, *operands.mask, scores);
  Tensor& result = attentionOutput(frame, outTid, q, v.shape[3]);
  result.type = type;
  const Tensor out = result;
  cpu::Attention call = callOf(operands, q, k.shape[1], v.shape[3], k.shape[2]);
  call.cacheType = storageOf(k.memory);
  for (int64_t b = 0; b < q.shape[0]; ++b) {
    setBatch(call, b, q, out, operands.mask ? &mask : nullptr);
    const Heads keys = batch(k, b), values = batch(v, b);
    call.k = keys.data, call.kHeadStride = keys.head, call.kRowStride = keys.row;
    call.v = values.data, call.vHeadStride = values.head, call.vRowStride = values.row;
    cpu::attention(frame.pool(), call);
  }
}

namespace {

void runSdpa(Frame& frame, const SdpaNode& node) {
  const Tensor q = frame.at(node.q);
  std::optional<Tensor> mask;
  if (node.mask) mask = frame.at(*node.mask);
  const auto deferred = [&](Tid tid) -> const DequantizeNode* {
    if (!frame.deferred) return nullptr;
    const auto found = frame.deferred->find(tid.idx);
    return found == frame.deferred->end() ? nullptr : found->second;
  };
  attend(frame,
         {q, frame.at(node.k), frame.at(node.v), mask, node.scale, node.causal, deferred(node.k), deferred(node.v)},
         node.out, q.type);
}

int64_t ropeOffset(Frame& frame, const VidOrTid& offset) {
  if (offset.isVid) return frame.at(offset.vid).integer;
  const Tensor& tensor = frame.at(offset.tid);
  expect(tensor.count() == 1, "rotary embedding takes one offset for all batches");
  return *frame.integers(tensor);
}

void runRope(Frame& frame, const RopeNode& node) {
  Tensor x = frame.at(node.x);
  expect(isFloat(x.memory), "rotary embedding takes floats");
  x = rowsOf(frame, x, true);
  expect(x.shape.rank >= 2 && x.shape.rank <= 4, "rotary embedding takes tensors of two to four dimensions");
  const Shape original = x.shape;
  Strides strides{};
  for (int i = 0; i < original.rank; ++i)
    strides[static_cast<size_t>(4 - original.rank + i)] = x.strides[static_cast<size_t>(i)];
  while (x.shape.rank < 4) x.shape.insert(0, 1);
  x.strides = strides;
  const int64_t dim = x.shape[3];
  expect(node.dims > 0 && node.dims <= dim && node.dims % 2 == 0, "rotary embedding's dimensions do not fit");
  expect(!node.freqs || frame.at(*node.freqs).count() == node.dims / 2,
         "rotary embedding takes a frequency for each pair");
  cpu::Rope call;
  call.heads = x.shape[1], call.rows = x.shape[2], call.dim = dim;
  call.dims = node.dims, call.traditional = node.traditional, call.base = node.base, call.scale = node.scale;
  call.offset = ropeOffset(frame, node.offset);
  call.freqs = node.freqs ? frame.floats(*node.freqs) : nullptr;
  float* out = frame.fresh(node.out, x.type, original).as<float>();
  for (int64_t b = 0; b < x.shape[0]; ++b) {
    const Heads rows = batch(x, b);
    call.x = reinterpret_cast<const float*>(rows.data), call.xHeadStride = rows.head, call.xRowStride = rows.row;
    call.y = out + b * call.heads * call.rows * dim, call.yHeadStride = call.rows * dim, call.yRowStride = dim;
    cpu::rope(frame.pool(), call);
  }
}

} // namespace

void addAttentionHandlers(HandlerTable& table) {
  on<&runSdpa>(table);
  on<&runRope>(table);
}

} // namespace pteron::mlx
