// What the kernels reach on this machine, beside the memory bandwidth measured in the same run.
//
//   pteron_cpu_bench [name part]     PTERON_THREADS and PTERON_CPU_ISA apply
//
// Each case is repeated for about 0.3 s; the fastest tenth's slowest counts, since other work on the machine adds to the
// time. With one thread processor time is counted, so that a busy machine hardly matters.
#include "isa.h"
#include "kernels.h"
#include "thread_pool.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <time.h>
#include <vector>

using namespace pteron::cpu;

namespace {

const char* wanted = "";
clockid_t measured = CLOCK_MONOTONIC;

double now() {
  timespec time{};
  clock_gettime(measured, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Seconds of a call; the tenth percentile.
template <class Body> double best(Body body) {
  std::vector<double> times;
  double total = 0;
  while (times.size() < 3 || (total < 0.3 && times.size() < 20000)) {
    const double start = now();
    body();
    times.push_back(now() - start);
    total += times.back();
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 10];
}

bool runs(const std::string& name) { return name.find(wanted) != std::string::npos; }

std::vector<float> ramp(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 1000) / 1000 - 0.5f;
  return values;
}

void bandwidth(ThreadPool& pool) {
  std::vector<uint64_t> data((256u << 20) / 8, 1);
  // Like a product of one row: 2.5 MB a call, other memory each time.
  constexpr int64_t kPart = (5 << 19) / 8;
  const int64_t parts = static_cast<int64_t>(data.size()) / kPart;
  int64_t next = 0;
  const double t = best([&] {
    const uint64_t* part = data.data() + next++ % parts * kPart;
    pool.parallelFor(kPart, 1 << 13, [&](int64_t begin, int64_t end) {
      uint64_t sums[32] = {};
      for (int64_t i = begin; i < end; i += 32)
        for (int j = 0; j < 32; ++j) sums[j] += part[i + j];
      volatile uint64_t sink = 0;
      for (const uint64_t sum : sums) sink = sink + sum;
    });
  });
  std::printf("%-44s %8.1f GB/s\n", "memory read (256 MB in turn)", kPart * 8 / t / 1e9);
}

void latency(ThreadPool& pool) {
  const double t = best([&] {
    for (int i = 0; i < 1000; ++i) pool.parallelFor(2, 1, [](int64_t, int64_t) {});
  });
  std::printf("%-44s %8.2f µs\n", "pool dispatch (hot)", t * 1e3);
}

struct Weights {
  std::vector<uint32_t> words;
  std::vector<float> scales, biases;
  QuantizedMatrix w;

  Weights(int64_t rows, int64_t columns, int bits, int group, bool symmetric)
      : words(static_cast<size_t>(rows * columns / 32 * bits), 0x9e3779b9),
        scales(static_cast<size_t>(rows * columns / group), 0.01f),
        biases(scales.size(), -0.01f * static_cast<float>(1 << (bits - 1))) {
    w.words = words.data(), w.scales = scales.data(), w.biases = biases.data();
    w.rows = rows, w.columns = columns, w.bits = bits, w.group = group, w.symmetric = symmetric;
  }
  double bytes() const { return static_cast<double>(words.size() + scales.size() * (w.symmetric ? 1 : 2)) * 4; }
};

// One row of x: several copies of the weights in turn, so that they come from memory and not from a cache.
void quantized(ThreadPool& pool, const char* what, int64_t rows, int64_t columns, int bits, bool symmetric, int64_t m,
               Precision precision) {
  char name[128];
  std::snprintf(name, sizeof name, "%s %lldx%lld %d-bit/32%s m=%lld %s", what, static_cast<long long>(rows),
                static_cast<long long>(columns), bits, symmetric ? " sym" : "", static_cast<long long>(m),
                precision == Precision::Int8 ? "int8" : "exact");
  if (!runs(name)) return;
  const size_t copies =
      m == 1 ? std::max<size_t>(1, (160u << 20) / static_cast<size_t>(rows * columns * bits / 8 + rows * columns / 8))
             : 1;
  std::vector<Weights> weights(copies, Weights(rows, columns, bits, 32, symmetric));
  for (Weights& copy : weights)
    copy.w.words = copy.words.data(), copy.w.scales = copy.scales.data(), copy.w.biases = copy.biases.data();
  const std::vector<float> x = ramp(m * columns);
  std::vector<float> y(static_cast<size_t>(m * rows));
  size_t next = 0;
  const double t = best([&] { quantizedMatmul(pool, weights[next++ % copies].w, x.data(), y.data(), m, precision); });
  std::printf("%-44s %8.1f GB/s %8.1f GOP/s %9.1f µs\n", name, weights[0].bytes() / t / 1e9,
              2.0 * double(rows) * double(columns) * double(m) / t / 1e9, t * 1e6);
}

void dense(ThreadPool& pool, Storage type, bool transposed, int64_t m, int64_t n, int64_t k) {
  char name[128];
  std::snprintf(name, sizeof name, "dense %s %s m=%lld n=%lld k=%lld", type == Storage::F32 ? "f32" : "bf16",
                transposed ? "[n,k]" : "[k,n]", static_cast<long long>(m), static_cast<long long>(n),
                static_cast<long long>(k));
  if (!runs(name)) return;
  const std::vector<float> x = ramp(m * k), values = ramp(n * k);
  std::vector<float> w(values.size()), y(static_cast<size_t>(m * n));
  convert(values.data(), Storage::F32, w.data(), type, n * k);
  const double t = best([&] { denseMatmul(pool, x.data(), w.data(), type, transposed, nullptr, y.data(), m, n, k); });
  const double bytes = double(n) * double(k) * (type == Storage::F32 ? 4 : 2);
  std::printf("%-44s %8.1f GB/s %8.1f GFLOP/s %7.1f µs\n", name, bytes / t / 1e9,
              2.0 * double(n) * double(k) * double(m) / t / 1e9, t * 1e6);
}

void attend(ThreadPool& pool, int64_t heads, int64_t kvHeads, int64_t queries, int64_t keys, int64_t dim) {
  char name[128];
  std::snprintf(name, sizeof name, "attention bf16 heads %lld/%lld dim %lld q=%lld keys=%lld",
                static_cast<long long>(heads), static_cast<long long>(kvHeads), static_cast<long long>(dim),
                static_cast<long long>(queries), static_cast<long long>(keys));
  if (!runs(name)) return;
  const std::vector<float> q = ramp(heads * queries * dim), values = ramp(kvHeads * keys * dim);
  std::vector<uint16_t> k(values.size()), v(values.size());
  convert(values.data(), Storage::F32, k.data(), Storage::BF16, kvHeads * keys * dim);
  convert(values.data(), Storage::F32, v.data(), Storage::BF16, kvHeads * keys * dim);
  std::vector<float> out(q.size());
  Attention a;
  a.q = q.data(), a.k = k.data(), a.v = v.data(), a.out = out.data(), a.cacheType = Storage::BF16;
  a.qHeadStride = a.outHeadStride = queries * dim, a.qRowStride = a.outRowStride = a.kRowStride = a.vRowStride = dim;
  a.kHeadStride = a.vHeadStride = keys * dim;
  a.heads = heads, a.kvHeads = kvHeads, a.queries = queries, a.keys = keys, a.dim = a.valueDim = dim, a.scale = 0.1f,
  a.causal = true;
  const double t = best([&] { attention(pool, a); });
  const double seen = double(queries) * (double(keys) - double(queries) / 2 + 0.5);
  std::printf("%-44s %8.1f GB/s %8.1f GFLOP/s %7.1f µs\n", name, double(kvHeads * keys * dim) * 4 / t / 1e9,
              seen * double(heads * dim) * 4 / t / 1e9, t * 1e6);
}

void small(ThreadPool& pool) {
  const auto line = [](const char* name, double t) { std::printf("%-44s %8.2f µs\n", name, t * 1e6); };
  for (int64_t rows : {1, 512}) {
    const std::vector<float> x = ramp(rows * 2048), weight = ramp(2048);
    std::vector<float> y(x.size());
    const std::string suffix = " rows=" + std::to_string(rows);
    if (runs("rmsNorm 640" + suffix))
      line(("rmsNorm 640" + suffix).c_str(),
           best([&] { rmsNorm(pool, x.data(), weight.data(), y.data(), rows, 640, 1e-6f); }));
    if (runs("gated gelu 2048" + suffix))
      line(("gated gelu 2048" + suffix).c_str(),
           best([&] { gated(pool, Unary::GeluTanh, x.data(), x.data(), y.data(), rows * 2048); }));
    Rope r;
    r.x = x.data(), r.y = y.data(), r.heads = 4, r.rows = rows, r.dim = r.dims = 256;
    r.xHeadStride = r.yHeadStride = rows * 256, r.xRowStride = r.yRowStride = 256, r.offset = 1000;
    if (runs("rope 4x256" + suffix)) line(("rope 4x256" + suffix).c_str(), best([&] { rope(pool, r); }));
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1) wanted = argv[1];
  ThreadPool pool;
  if (pool.threads() == 1) measured = CLOCK_PROCESS_CPUTIME_ID;
  std::printf("%s of [%s], %d threads\n", isaName(), cpuFeatures().c_str(), pool.threads());
  bandwidth(pool);
  latency(pool);
  quantized(pool, "head", 262144, 640, 8, true, 1, Precision::Int8);
  for (int bits : {2, 3, 4, 5, 6, 8}) quantized(pool, "mlp", 4096, 640, bits, true, 1, Precision::Int8);
  quantized(pool, "mlp", 4096, 640, 4, false, 1, Precision::Int8);
  quantized(pool, "mlp", 4096, 640, 5, true, 1, Precision::Exact);
  for (int64_t m : {2, 3, 4, 8, 16, 64}) quantized(pool, "mlp", 4096, 640, 5, true, m, Precision::Int8);
  for (int bits : {2, 3, 4, 5, 6, 8}) quantized(pool, "mlp", 4096, 640, bits, true, 512, Precision::Int8);
  quantized(pool, "mlp", 4096, 640, 4, false, 512, Precision::Int8);
  quantized(pool, "down", 640, 2048, 5, true, 512, Precision::Int8);
  quantized(pool, "mlp", 4096, 640, 5, true, 8, Precision::Exact);
  quantized(pool, "mlp", 4096, 640, 5, true, 512, Precision::Exact);
  dense(pool, Storage::BF16, true, 1, 65536, 640);
  dense(pool, Storage::BF16, true, 512, 2048, 640);
  dense(pool, Storage::F32, true, 512, 2048, 640);
  dense(pool, Storage::F32, false, 512, 2048, 640);
  for (int64_t keys : {512, 2048, 8192}) {
    attend(pool, 4, 1, 1, keys, 256);
    attend(pool, 4, 1, 4, keys, 256);
    attend(pool, 4, 1, 512, keys, 256);
    attend(pool, 9, 3, 1, keys, 64);
    attend(pool, 9, 3, 512, keys, 64);
  }
  small(pool);
}
