#include "handlers.h"

namespace pteron::mlx {

const HandlerTable& handlers() {
  static const HandlerTable table = [] {
    HandlerTable all{};
    addIntegerHandlers(all);
    addViewHandlers(all);
    addIndexHandlers(all);
    addUpdateHandlers(all);
    addElementwiseHandlers(all);
    addNormHandlers(all);
    addMatmulHandlers(all);
    addQuantizedHandlers(all);
    addGatheredHandlers(all);
    addGatedDeltaHandlers(all);
    addSelectionHandlers(all);
    addAttentionHandlers(all);
    addOffGraphHandlers(all);
    addReductionHandlers(all);
    return all;
  }();
  return table;
}

} // namespace pteron::mlx
