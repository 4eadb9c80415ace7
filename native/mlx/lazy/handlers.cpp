#include "handlers.h"

namespace pteron::mlx::lazy {

const HandlerTable& handlers() {
  static const HandlerTable table = [] {
    HandlerTable all{};
    addAttentionHandlers(all);
    addControlHandlers(all);
    addConvolutionHandlers(all);
    addCreationHandlers(all);
    addElementwiseHandlers(all);
    addIndexHandlers(all);
    addIntegerHandlers(all);
    addMatmulHandlers(all);
    addMetalKernelHandlers(all);
    addOffGraphHandlers(all);
    addReductionHandlers(all);
    addShapeHandlers(all);
    return all;
  }();
  return table;
}

} // namespace pteron::mlx::lazy
