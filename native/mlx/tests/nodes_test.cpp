// Every node kind that is not tested with a whole model: small operands, answers worked out by hand.
#include "one_node.h"

using namespace pteron::mlx;
using namespace pteron::mlx::test;

namespace {

using enum DType;

IntOrVid literal(int64_t value) {
  IntOrVid choice;
  choice.literal = value;
  return choice;
}

std::vector<IntOrVid> literals(std::initializer_list<int64_t> values) {
  std::vector<IntOrVid> choices;
  for (int64_t value : values) choices.push_back(literal(value));
  return choices;
}

template <class N> Call<N> unary(double x) {
  return run<N>({{{1}, {x}}}, [](N& node) { node.x.idx = 0; });
}

template <class N> Call<N> binary(const Operand& a, const Operand& b, DType type = F32) {
  return run<N>({a, b}, [](N& node) { node.a.idx = 0, node.b.idx = 1; }, type);
}

template <class N> bool refuses(const std::vector<Operand>& operands, const std::function<void(N&)>& fill) {
  try {
    execute(run<N>(operands, fill), {1});
    return false;
  } catch (const Failure& failure) {
    return *failure.what() != 0;
  }
}

void testFunctions() {
  CHECK(equals(unary<SiluNode>(1), {1}, {0.7310586}));
  CHECK(equals(unary<SigmoidNode>(-2), {1}, {0.1192029}));
  CHECK(equals(unary<TanhNode>(0.5), {1}, {0.4621172}));
  CHECK(equals(unary<ExpNode>(2), {1}, {7.389056}));
  CHECK(equals(unary<RsqrtNode>(16), {1}, {0.25}));
  CHECK(equals(unary<SqrtNode>(16), {1}, {4}));
  CHECK(equals(unary<SquareNode>(-3), {1}, {9}));
  CHECK(equals(unary<NegNode>(3), {1}, {-3}));
  CHECK(equals(unary<CosNode>(1), {1}, {0.5403023}));
  CHECK(equals(unary<SinNode>(1), {1}, {0.8414710}));
  CHECK(equals(unary<LogNode>(10), {1}, {2.3025851}));
  CHECK(equals(unary<AbsNode>(-7), {1}, {7}));
  for (const auto& [form, answer] : {std::pair{"tanh", 0.8411920}, {"none", 0.8413447}})
    CHECK(equals(run<GeluNode>({{{1}, {1}}}, [&](GeluNode& node) { node.x.idx = 0, node.approximate = form; }), {1},
                 {answer}));
  CHECK(equals(run<NegNode>({{{2}, {5, -6}, I32}}, [](NegNode& node) { node.x.idx = 0; }, I64), {2}, {-5, 6}));
  // Halves are read as they are stored; the result is fp32.
  for (DType half : {F16, BF16})
    CHECK(equals(run<SquareNode>({{{2}, {1.5, -2}, half}}, [](SquareNode& node) { node.x.idx = 0; }), {2}, {2.25, 4}));
}

void testBinary() {
  const Operand matrix{{2, 3}, {1, 2, 3, 4, 5, 6}}, row{{3}, {10, 20, 30}}, column{{2, 1}, {100, 200}}, one{{}, {2}};
  CHECK(equals(binary<AddNode>(matrix, row), {2, 3}, {11, 22, 33, 14, 25, 36}));
  CHECK(equals(binary<AddNode>(row, matrix), {2, 3}, {11, 22, 33, 14, 25, 36}));
  CHECK(equals(binary<AddNode>(matrix, column), {2, 3}, {101, 102, 103, 204, 205, 206}));
  CHECK(equals(binary<SubtractNode>(row, matrix), {2, 3}, {9, 18, 27, 6, 15, 24}));
  CHECK(equals(binary<SubtractNode>(column, row), {2, 3}, {90, 80, 70, 190, 180, 170}));
  CHECK(equals(binary<MultiplyNode>(matrix, one), {2, 3}, {2, 4, 6, 8, 10, 12}));
  CHECK(equals(binary<DivideNode>(matrix, one), {2, 3}, {0.5, 1, 1.5, 2, 2.5, 3}));
  CHECK(equals(binary<MaximumNode>(matrix, {{}, {3}}), {2, 3}, {3, 3, 3, 4, 5, 6}));
  CHECK(equals(binary<MinimumNode>({{}, {3}}, matrix), {2, 3}, {1, 2, 3, 3, 3, 3}));
  const Operand integers{{2}, {7, -2}, I64}, three{{}, {3}, I32};
  CHECK(equals(binary<AddNode>(integers, three, I64), {2}, {10, 1}));
  CHECK(equals(binary<MultiplyNode>(integers, three, I64), {2}, {21, -6}));
  CHECK(equals(binary<MaximumNode>(integers, three, I64), {2}, {7, 3}));
  CHECK(equals(binary<DivideNode>(integers, three), {2}, {7.0 / 3, -2.0 / 3}));
  CHECK(equals(binary<AddNode>(integers, {{2}, {0.5, 0.25}}), {2}, {7.5, -1.75})); // integer and float: float
  CHECK(equals(binary<AddNode>(Operand{{0, 3}, {}}, row), {0, 3}, {}));
}

void testComparisons() {
  const Operand a{{3}, {1, 2, 3}, I64}, b{{}, {2}, I64}, x{{3}, {1, 2, 3}}, yes{{2}, {1, 0}, Bool},
      no{{2, 1}, {1, 0}, Bool};
  CHECK(equals(binary<LessNode>(a, b, Bool), {3}, {1, 0, 0}));
  CHECK(equals(binary<LessEqualNode>(a, b, Bool), {3}, {1, 1, 0}));
  CHECK(equals(binary<GreaterNode>(a, b, Bool), {3}, {0, 0, 1}));
  CHECK(equals(binary<GreaterEqualNode>(x, b, Bool), {3}, {0, 1, 1}));
  CHECK(equals(binary<EqualNode>(a, b, Bool), {3}, {0, 1, 0}));
  CHECK(equals(binary<NotEqualNode>(a, x, Bool), {3}, {0, 0, 0}));
  CHECK(equals(binary<LogicalAndNode>(yes, no, Bool), {2, 2}, {1, 0, 0, 0}));
  CHECK(equals(binary<LogicalOrNode>(yes, no, Bool), {2, 2}, {1, 1, 1, 0}));
  CHECK(equals(binary<BitwiseXorNode>(yes, no, Bool), {2, 2}, {0, 1, 1, 0}));
  CHECK(equals(binary<BitwiseAndNode>(a, {{}, {1}, I64}, I64), {3}, {1, 0, 1}));
  CHECK(equals(run<LogicalNotNode>({yes}, [](LogicalNotNode& node) { node.x.idx = 0; }, Bool), {2}, {0, 1}));
  const auto where = [](WhereNode& node) { node.condition.idx = 0, node.x.idx = 1, node.y.idx = 2; };
  CHECK(equals(run<WhereNode>({no, {{2}, {5, 6}}, {{}, {-1}}}, where), {2, 2}, {5, 6, -1, -1}));
  CHECK(equals(run<WhereNode>({yes, {{2}, {5, 6}, I64}, {{}, {-1}, I64}}, where, I64), {2}, {5, -1}));
}

void testShapes() {
  const Operand x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(equals(run<TransposeNode>({x}, [](TransposeNode& n) { n.x.idx = 0, n.perm = {1, 0}; }), {3, 2},
               {1, 4, 2, 5, 3, 6}));
  CHECK(equals(run<ReshapeNode>({x}, [](ReshapeNode& n) { n.x.idx = 0, n.shape = literals({3, -1}); }), {3, 2},
               x.values));
  CHECK(equals(run<ExpandDimsNode>({x}, [](ExpandDimsNode& n) { n.x.idx = 0, n.axis = -1; }), {2, 3, 1}, x.values));
  CHECK(equals(run<SqueezeNode>({{{1, 2, 1}, {7, 8}}}, [](SqueezeNode& n) { n.x.idx = 0; }), {2}, {7, 8}));
  CHECK(equals(run<SqueezeNode>({{{1, 2, 1}, {7, 8}}}, [](SqueezeNode& n) { n.x.idx = 0, n.dims = {-1}; }), {1, 2},
               {7, 8}));
  CHECK(equals(
      run<BroadcastToNode>({{{2, 1}, {7, 8}}}, [](BroadcastToNode& n) { n.x.idx = 0, n.shape = literals({-1, 2}); }),
      {2, 2}, {7, 7, 8, 8}));
  CHECK(equals(run<SliceNode>({x},
                              [](SliceNode& n) {
                                n.x.idx = 0, n.axis = literal(1), n.start = literal(0), n.stop = literal(3), n.step = 2;
                              }),
               {2, 2}, {1, 3, 4, 6}));
  CHECK(equals(run<TileNode>({x}, [](TileNode& n) { n.x.idx = 0, n.reps = literals({1, 2}); }), {2, 6},
               {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  CHECK(equals(
      run<ConcatenateNode>({x, {{2, 1}, {8, 9}, I64}}, [](ConcatenateNode& n) { n.tensors = {{0}, {1}}, n.axis = 1; }),
      {2, 4}, {1, 2, 3, 8, 4, 5, 6, 9}));
  CHECK(equals(
      run<SplitNode>({x}, [](SplitNode& n) { n.x.idx = 0, n.outs = {{1}}, n.sizes = literals({2}), n.axis = 1; }),
      {2, 2}, {1, 2, 4, 5}));
  CHECK(equals(run<AsTypeNode>(
                   {x}, [](AsTypeNode& n) { n.x.idx = 0, n.scalarType = static_cast<int8_t>(I32); }, I64),
               {2, 3}, x.values));
  CHECK(equals(run<IdCopyNode>({x}, [](IdCopyNode& n) { n.x.idx = 0; }), {2, 3}, x.values));
  CHECK(refuses<ReshapeNode>({x}, [](ReshapeNode& n) { n.x.idx = 0, n.shape = literals({4, 2}); }));
  CHECK(refuses<TransposeNode>({x}, [](TransposeNode& n) { n.x.idx = 0, n.perm = {0, 0}; }));
  CHECK(refuses<SqueezeNode>({x}, [](SqueezeNode& n) { n.x.idx = 0, n.dims = {0}; }));
}

void testMaking() {
  const auto full = [](FullNode& n) {
    n.shape = literals({2, 2}), n.v.literal = -1.5, n.scalarType = static_cast<int8_t>(F32);
  };
  CHECK(equals(run<FullNode>({}, full), {2, 2}, {-1.5, -1.5, -1.5, -1.5}));
  CHECK(equals(run<FullLikeNode>(
                   {{{3}, {1, 2, 3}, I64}}, [](FullLikeNode& n) { n.x.idx = 0, n.v.literal = 7; }, I64),
               {3}, {7, 7, 7}));
  CHECK(equals(run<ARangeNode>(
                   {}, [](ARangeNode& n) { n.start = literal(5), n.stop = literal(-1), n.step = literal(-2); }, I64),
               {3}, {5, 3, 1}));
  CHECK(refuses<FullNode>({}, [](FullNode& n) { n.shape = literals({1 << 30, 1 << 30}), n.scalarType = 6; }));
}

void testIndexing() {
  const Operand x{{2, 3}, {1, 2, 3, 4, 5, 6}}, indices{{2, 1}, {-1, 0}, I64};
  const auto take = [](int axis) {
    return
        [axis](TakeNode& n) { n.x.idx = 0, n.index.kind = IntOrVidOrTid::Tensor, n.index.tid.idx = 1, n.axis = axis; };
  };
  CHECK(equals(run<TakeNode>({x, indices}, take(1)), {2, 2, 1}, {3, 1, 6, 4}));
  CHECK(equals(run<TakeNode>({x, {{1}, {1}, I32}}, take(0)), {1, 3}, {4, 5, 6}));
  CHECK(equals(run<TakeNode>({x}, [](TakeNode& n) { n.x.idx = 0, n.index.literal = -1, n.axis = 1; }), {2}, {3, 6}));
  CHECK(refuses<TakeNode>({x, {{1}, {2}, I64}}, take(0)));
  const auto update = [](SliceUpdateNode& n) {
    n.dst.idx = 0, n.update.idx = 1, n.axis = literal(1), n.start = literal(1), n.stop = literal(3);
  };
  CHECK(equals(run<SliceUpdateNode>({x, {{2, 2}, {7, 8, 9, 10}}}, update), {2, 3}, {1, 7, 8, 4, 9, 10}));
  CHECK(refuses<SliceUpdateNode>({x, {{2, 3}, {7, 8, 9, 10, 11, 12}}}, update));
  const auto copy = [](IndexCopyNode& n) { n.dst.idx = 0, n.update.idx = 1, n.indices.idx = 2, n.axis = 1; };
  CHECK(
      equals(run<IndexCopyNode>({x, {{2, 2}, {7, 8, 9, 10}}, {{2}, {2, 0}, I64}}, copy), {2, 3}, {8, 2, 7, 10, 5, 9}));
}

void testReductions() {
  const Operand x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(equals(run<SumNode>({x}, [](SumNode& n) { n.x.idx = 0, n.axes = {1}, n.keepdims = true; }), {2, 1}, {6, 15}));
  CHECK(equals(run<SumNode>({x}, [](SumNode& n) { n.x.idx = 0; }), {}, {21}));
  CHECK(equals(run<MeanNode>({x}, [](MeanNode& n) { n.x.idx = 0, n.axes = {-1}; }), {2}, {2, 5}));
  CHECK(equals(run<MaxNode>({x}, [](MaxNode& n) { n.x.idx = 0, n.axes = {0}; }), {3}, {4, 5, 6}));
  CHECK(equals(run<MinNode>({x}, [](MinNode& n) { n.x.idx = 0, n.axes = {0, 1}; }), {}, {1}));
  CHECK(equals(run<SoftmaxNode>({x}, [](SoftmaxNode& n) { n.x.idx = 0, n.axis = -1; }), {2, 3},
               {0.0900306, 0.2447285, 0.6652410, 0.0900306, 0.2447285, 0.6652410}));
  CHECK(equals(run<LayerNormNode>({x, {{3}, {1, 2, 1}}, {{3}, {0, 0, 1}}},
                                  [](LayerNormNode& n) { n.x.idx = 0, n.weight = Tid{1}, n.bias = Tid{2}; }),
               {2, 3}, {-1.2247449, 0, 2.2247449, -1.2247449, 0, 2.2247449}));
  CHECK(equals(run<RMSNormNode>({{{1, 2}, {3, 4}}}, [](RMSNormNode& n) { n.x.idx = 0; }), {1, 2},
               {0.8485281, 1.1313708}));
}

void testRare() {
  const Operand x{{2, 3}, {1, 2, 3, 4, 5, 6}}, row{{3}, {7, 8, 9}};
  CHECK(equals(unary<ErfNode>(0.5), {1}, {0.5204999}));
  CHECK(equals(binary<PowerNode>(x, {{}, {2}}), {2, 3}, {1, 4, 9, 16, 25, 36}));
  CHECK(equals(run<ArgmaxNode>({x}, [](ArgmaxNode& n) { n.x.idx = 0, n.axis = -1; }, I64), {2}, {2, 2}));
  CHECK(equals(run<StackNode>({row, row}, [](StackNode& n) { n.tensors = {{0}, {1}}, n.axis = 1; }), {3, 2},
               {7, 7, 8, 8, 9, 9}));
  CHECK(equals(run<RepeatNode>({row}, [](RepeatNode& n) { n.x.idx = 0, n.repeats = literal(2); }), {6},
               {7, 7, 8, 8, 9, 9}));
  CHECK(equals(run<SoftmaxNode>({x}, [](SoftmaxNode& n) { n.x.idx = 0, n.axis = 0; }), {2, 3},
               {0.0474259, 0.0474259, 0.0474259, 0.9525741, 0.9525741, 0.9525741}));
}

std::vector<double> filled(int count, double value) { return std::vector<double>(static_cast<size_t>(count), value); }

// Rows of 32: 1 and -½ in NVFP4, with a scale of 1 for the first 16 and 2 for the others.
void testNvfp4() {
  const Operand words{
      {2, 4}, {572662306, 572662306, 572662306, 572662306, 2576980377, 2576980377, 2576980377, 2576980377}, U32};
  const Operand scales{{2, 2}, {0x38, 0x40, 0x38, 0x40}, U8}, x{{1, 32}, filled(32, 1)};
  const auto multiply = [](QuantizedMatmulNode& n) {
    n.x.idx = 0, n.w.idx = 1, n.scales.idx = 2, n.mode = "nvfp4", n.bits = 4, n.groupSize = 16;
  };
  CHECK(equals(run<QuantizedMatmulNode>({x, words, scales}, multiply), {1, 2}, {48, -24}));
  CHECK(refuses<QuantizedMatmulNode>({{{1, 16}, filled(16, 1)}, words, scales}, multiply));
  CHECK(refuses<QuantizedMatmulNode>({x, words, {{2, 1}, {0x38, 0x38}, U8}}, multiply));
  std::vector<double> rows = filled(64, 1);
  for (size_t i = 0; i < 64; ++i) rows[i] = (i < 32 ? 1 : -0.5) * (i % 32 < 16 ? 1 : 2);
  CHECK(equals(run<DequantizeNode>({words, scales},
                                   [](DequantizeNode& n) {
                                     n.w.idx = 0, n.scales.idx = 1, n.mode = "nvfp4", n.bits = 4, n.groupSize = 16;
                                     n.dtype = static_cast<int8_t>(F32);
                                   }),
               {2, 32}, rows));
}

// Three experts of one row, 8-bit codes that are all 1, 2 and 3.
void testGatherQmm() {
  std::vector<double> codes;
  for (double code : {1, 2, 3})
    for (int i = 0; i < 8; ++i) codes.push_back(code * 0x01010101);
  const Operand words{{3, 1, 8}, codes, U32}, scales{{3, 1, 2}, {1, 1, 1, 1, 1, 1}}, biases{{3, 1, 2}, filled(6, 0.5)};
  const auto gather = [](GatherQmmNode& n) {
    n.x.idx = 0, n.w.idx = 1, n.scales.idx = 2, n.biases = Tid{3}, n.rhsIndices = Tid{4};
    n.mode = "affine", n.bits = 8, n.groupSize = 16;
  };
  const Operand one{{1, 1, 32}, filled(32, 1)}, top{{1, 2}, {2, 0}, I64};
  CHECK(equals(run<GatherQmmNode>({one, words, scales, biases, top}, gather), {1, 2, 1, 1}, {112, 48}));
  std::vector<double> both = filled(64, 1);
  std::fill(both.begin() + 32, both.end(), 2);
  const Operand x{{2, 1, 1, 32}, both}, choice{{2, 2}, {2, 0, 1, 2}, I64};
  CHECK(equals(run<GatherQmmNode>({x, words, scales, biases, choice}, gather), {2, 2, 1, 1}, {112, 48, 160, 224}));
  const auto pick = [&](GatherQmmNode& n) { gather(n), n.lhsIndices = Tid{5}; };
  CHECK(equals(run<GatherQmmNode>({x, words, scales, biases, {{2}, {1, 1}, I64}, {{2}, {1, 0}, I64}}, pick), {2, 1, 1},
               {160, 80}));
  CHECK(refuses<GatherQmmNode>({one, words, scales, biases, {{1, 2}, {3, 0}, I64}}, gather));
  CHECK(refuses<GatherQmmNode>({one, words, scales, biases, {{1, 2}, {-1, 0}, I64}}, gather));
}

void testMatmul() {
  const Operand a{{2, 2}, {1, 2, 3, 4}}, b{{2, 3}, {1, 0, 2, 0, 1, 1}}, bias{{3}, {10, 20, 30}};
  const auto product = [](AddmmNode& n) { n.mat1.idx = 0, n.mat2.idx = 1; };
  CHECK(equals(run<AddmmNode>({a, b}, product), {2, 3}, {1, 2, 4, 3, 4, 10}));
  CHECK(equals(run<AddmmNode>({a, b, bias}, [&](AddmmNode& n) { product(n), n.bias = Tid{2}; }), {2, 3},
               {11, 22, 34, 13, 24, 40}));
  CHECK(equals(
      run<AddmmNode>({a, b, bias}, [&](AddmmNode& n) { product(n), n.bias = Tid{2}, n.alpha = 2, n.beta = 0.5; }),
      {2, 3}, {7, 14, 23, 11, 18, 35}));
  const Operand batchA{{2, 1, 2}, {1, 2, 3, 4}}, batchB{{2, 2, 1}, {1, 1, 2, 1}};
  CHECK(equals(run<AddmmNode>({batchA, batchB}, product), {2, 1, 1}, {3, 10}));
  CHECK(refuses<AddmmNode>({a, {{3, 2}, {1, 2, 3, 4, 5, 6}}}, product));
}

// Two heads of queries over one of keys; a row of the mask lets a query see only the first key.
void testAttention() {
  const Operand q{{1, 2, 2, 2}, {1, 0, 0, 1, 1, 1, 0, 0}}, k{{1, 1, 2, 2}, {1, 0, 0, 1}}, v{{1, 1, 2, 2}, {1, 2, 3, 4}};
  const auto plain = [](SdpaNode& n) { n.q.idx = 0, n.k.idx = 1, n.v.idx = 2, n.scale = 1; };
  const double e = std::exp(1), near = e / (e + 1), far = 1 / (e + 1);
  const std::vector<double> all{near + 3 * far, 2 * near + 4 * far, far + 3 * near, 2 * far + 4 * near, 2, 3, 2, 3};
  std::vector<double> first = all; // query 0 of both heads sees key 0 alone
  first[0] = first[4] = 1, first[1] = first[5] = 2;
  CHECK(equals(run<SdpaNode>({q, k, v}, plain), {1, 2, 2, 2}, all));
  CHECK(equals(run<SdpaNode>({q, k, v}, [&](SdpaNode& n) { plain(n), n.causal = true; }), {1, 2, 2, 2}, first));
  const auto masked = [&](SdpaNode& n) { plain(n), n.mask = Tid{3}; };
  CHECK(equals(run<SdpaNode>({q, k, v, {{2, 2}, {1, 0, 1, 1}, Bool}}, masked), {1, 2, 2, 2}, first));
  CHECK(equals(run<SdpaNode>({q, k, v, {{1, 1, 2, 2}, {0, -INFINITY, 0, 0}}}, masked), {1, 2, 2, 2}, first));
  for (DType half : {F16, BF16})
    CHECK(equals(run<SdpaNode>({q, {k.sizes, k.values, half}, {v.sizes, v.values, half}}, plain), {1, 2, 2, 2}, all));
  CHECK(refuses<SdpaNode>({q, k, {{1, 1, 1, 2}, {1, 2}}}, plain));
}

void testRope() {
  const Operand x{{1, 1, 2, 2}, {1, 0, 0, 1}};
  const auto rotate = [](RopeNode& n) { n.x.idx = 0, n.dims = 2, n.base = 10000, n.offset.tid.idx = 1; };
  const double c1 = std::cos(1), s1 = std::sin(1), c2 = std::cos(2), s2 = std::sin(2);
  CHECK(equals(run<RopeNode>({x, {{1}, {1}, I64}}, rotate), {1, 1, 2, 2}, {c1, s1, -s2, c2}));
  CHECK(refuses<RopeNode>({x, {{1}, {1}, I64}}, [&](RopeNode& n) { rotate(n), n.dims = 4; }));
}

} // namespace

int main() {
  testFunctions();
  testBinary();
  testComparisons();
  testShapes();
  testMaking();
  testIndexing();
  testReductions();
  testRare();
  testMatmul();
  testNvfp4();
  testGatherQmm();
  testAttention();
  testRope();
  std::puts("nodes: ok");
}
