#include "../simd/portable.h"

#include "../impl/table.h"

#include "../impl/gemm_int8_rows.h"

PTERON_DEFINE_TABLE()
