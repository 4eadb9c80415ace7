// Everything of impl/ but the many-row int8 product, and the table of it all: included after a vector layer of simd/.
#pragma once

#include "../scratch.h"

// clang-format off: each builds on those before it
#include "vector_math.h"
#include "elementwise.h"
#include "convert.h"
#include "rope.h"
#include "gated_delta.h"
#include "quantization.h"
#include "gemv_scales.h"
#include "gemv_quantized.h"
#include "panel.h"
#include "gemm_quantized.h"
#include "dense.h"
#include "attention_rows.h"
#include "attention_few.h"
#include "attention_many.h"
// clang-format on

// Defined by each target once it has its gemmInt8.
#define PTERON_DEFINE_TABLE()                                                                                          \
  namespace pteron::cpu::PTERON_TARGET {                                                                               \
  const KernelTable& table() {                                                                                         \
    static constexpr KernelTable kTable = {                                                                            \
        kPanel,    quantizeRow, groupSums, gemvInt8,    gemvExact,    gemmInt8, gemmExact, dequantizeRow,              \
        denseGemv, denseGemm,   attendFew, attendMerge, attendMany,   rmsNorm,  layerNorm, softmax,                    \
        ropeAngles, ropeRow,    gatedDelta, unary,      gated,        binary,   binaryScalar, convert};                \
    return kTable;                                                                                                     \
  }                                                                                                                    \
  }
