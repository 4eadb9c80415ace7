#include "../simd/avx2.h"

#include "../impl/table.h"

#include "../impl/gemm_int8_panel.h"

PTERON_DEFINE_TABLE()
