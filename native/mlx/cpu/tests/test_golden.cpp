// MLX's own results (golden/generate.py): its packing of every width, RoPE's options, attention's masks, norms.
#include "reference.h"
#include "thread_pool.h"

#include <cstdio>
#include <cstring>
#include <map>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

using Record = std::vector<float>;

std::map<std::string, Record> readGolden(const char* path) {
  std::map<std::string, Record> records;
  FILE* file = std::fopen(path, "rb");
  check(file != nullptr, std::string("cannot open ") + path);
  uint32_t length = 0;
  while (std::fread(&length, 4, 1, file) == 1) {
    std::string name(length, ' ');
    check(std::fread(name.data(), 1, length, file) == length && std::fread(&length, 4, 1, file) == 1,
          "golden.bin is cut short");
    Record values(length);
    check(std::fread(values.data(), 4, length, file) == length, "golden.bin is cut short");
    records[name] = std::move(values);
  }
  std::fclose(file);
  return records;
}

std::vector<double> wide(const Record& record) { return {record.begin(), record.end()}; }

void quantized(ThreadPool& pool, std::map<std::string, Record>& golden) {
  for (int bits : {2, 3, 4, 5, 6, 8})
    for (int group : {32, 64, 128}) {
      const std::string name = "quantized." + std::to_string(bits) + "." + std::to_string(group);
      QuantizedMatrix w;
      w.words = reinterpret_cast<const uint32_t*>(golden.at(name + ".codes").data());
      w.scales = golden.at(name + ".scales").data();
      w.biases = golden.at(name + ".biases").data();
      w.rows = 3, w.columns = 128, w.bits = bits, w.group = group;
      check(golden.at(name + ".codes").size() == static_cast<size_t>(3 * 128 * bits / 32),
            name + ": size of the codes");
      const int64_t indices[] = {0, 1, 2};
      Record values(3 * 128), product(2 * 3);
      dequantizeRows(w, indices, 3, values.data());
      checkClose(values, wide(golden.at(name + ".values")), 1e-6, 1e-6, name + " dequantized");
      const Record& x = golden.at("quantized.x");
      quantizedMatmul(pool, w, x.data(), product.data(), 2, Precision::Exact);
      checkClose(product, wide(golden.at(name + ".product")), 5e-5, 1e-5, name + " product");
    }
}

// Scales, a byte each, are stored as whole numbers.
void nvfp4(ThreadPool& pool, std::map<std::string, Record>& golden) {
  std::vector<uint8_t> scales;
  for (float scale : golden.at("nvfp4.scales")) scales.push_back(static_cast<uint8_t>(scale));
  QuantizedMatrix w;
  w.format = WeightFormat::Nvfp4, w.bits = 4, w.group = 16, w.rows = 3, w.columns = 128;
  w.words = reinterpret_cast<const uint32_t*>(golden.at("nvfp4.codes").data());
  w.scales = scales.data();
  const int64_t indices[] = {0, 1, 2};
  Record values(3 * 128), product(2 * 3);
  dequantizeRows(w, indices, 3, values.data());
  checkClose(values, wide(golden.at("nvfp4.values")), 0, 1e-7, "nvfp4 dequantized");
  quantizedMatmul(pool, w, golden.at("quantized.x").data(), product.data(), 2, Precision::Exact);
  checkClose(product, wide(golden.at("nvfp4.product")), 5e-5, 1e-5, "nvfp4 product");
}

void rotary(ThreadPool& pool, std::map<std::string, Record>& golden) {
  const Record& x = golden.at("rope.x");
  Record y(x.size());
  Rope r;
  r.x = x.data(), r.y = y.data();
  r.heads = 2, r.rows = 5, r.dim = 24;
  r.xHeadStride = r.yHeadStride = 5 * 24, r.xRowStride = r.yRowStride = 24;
  const auto compare = [&](const char* name, double tolerance) {
    rope(pool, r);
    checkClose(y, wide(golden.at(name)), tolerance, tolerance, name);
  };
  r.dims = 24, r.offset = 7;
  compare("rope.half", 1e-5);
  r.dims = 16, r.base = 1e6f, r.scale = 0.125f, r.offset = 3000;
  compare("rope.partial", 1e-4); // angles of some hundred radians, in fp32 on both sides
  r.traditional = true, r.base = 500, r.scale = 2, r.offset = 1;
  compare("rope.traditional", 1e-5);
  r.traditional = false, r.scale = 1, r.offset = 11, r.freqs = golden.at("rope.freqs").data();
  compare("rope.given", 1e-5);
}

void attend(ThreadPool& pool, std::map<std::string, Record>& golden) {
  std::vector<uint8_t> keep;
  for (float value : golden.at("attention.keep")) keep.push_back(value != 0);
  Record out(4 * 5 * 24);
  for (const std::string name : {"none", "causal", "bool", "add"}) {
    Attention a;
    a.q = golden.at("attention.q").data(), a.k = golden.at("attention.k").data(), a.v = golden.at("attention.v").data();
    a.out = out.data();
    a.qHeadStride = a.outHeadStride = 5 * 24, a.kHeadStride = a.vHeadStride = 9 * 24;
    a.qRowStride = a.kRowStride = a.vRowStride = a.outRowStride = 24;
    a.heads = 4, a.kvHeads = 2, a.queries = 5, a.keys = 9, a.dim = a.valueDim = 24, a.scale = 0.2f;
    a.causal = name == "causal";
    a.maskRowStride = 9;
    if (name == "bool") a.boolMask = keep.data();
    if (name == "add") a.addMask = golden.at("attention.added").data(), a.maskHeadStride = 5 * 9;
    attention(pool, a);
    checkClose(out, wide(golden.at("attention." + name)), 1e-5, 1e-5, "attention." + name);
  }
}

void norms(ThreadPool& pool, std::map<std::string, Record>& golden) {
  const Record& x = golden.at("norm.x");
  Record y(x.size());
  rmsNorm(pool, x.data(), golden.at("norm.weight").data(), y.data(), 3, 40, 1e-6f);
  checkClose(y, wide(golden.at("norm.rms")), 1e-6, 1e-5, "rms norm");
  softmax(pool, x.data(), y.data(), 3, 40);
  checkClose(y, wide(golden.at("norm.softmax")), 1e-7, 1e-5, "softmax");
}

} // namespace

int main() {
  ThreadPool pool(2);
  auto golden = readGolden("golden/golden.bin");
  quantized(pool, golden);
  nvfp4(pool, golden);
  rotary(pool, golden);
  attend(pool, golden);
  norms(pool, golden);
  done("golden");
}
