// Elementwise functions, gates, broadcasts, norms, softmax and conversions against the C library in double precision.
#include "reference.h"
#include "thread_pool.h"

#include <cmath>
#include <cstring>
#include <functional>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double geluTanh(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }

struct UnaryCase {
  const char* name;
  Unary op;
  std::function<double(double)> exact;
  bool positive; // defined for positive numbers only
};

const UnaryCase kUnaries[] = {
    {"silu", Unary::Silu, [](double x) { return x * sigmoid(x); }, false},
    {"gelu (tanh)", Unary::GeluTanh, geluTanh, false},
    {"gelu (erf)", Unary::GeluErf, [](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }, false},
    {"sigmoid", Unary::Sigmoid, sigmoid, false},
    {"tanh", Unary::Tanh, [](double x) { return std::tanh(x); }, false},
    {"exp", Unary::Exp, [](double x) { return std::exp(x); }, false},
    {"neg", Unary::Neg, [](double x) { return -x; }, false},
    {"rsqrt", Unary::Rsqrt, [](double x) { return 1 / std::sqrt(x); }, true},
    {"sqrt", Unary::Sqrt, [](double x) { return std::sqrt(x); }, true},
    {"square", Unary::Square, [](double x) { return x * x; }, false},
};

void unaries(ThreadPool& pool, Random& random) {
  for (const UnaryCase& c : kUnaries)
    for (int64_t count : {1, 15, 16, 100, 30000}) {
      std::vector<float> x = random.floats(count, 12), y(x.size()), up = random.floats(count), product(x.size());
      if (c.positive)
        for (float& value : x) value = std::fabs(value) + 1e-3f;
      std::vector<double> expected, gatedBy;
      for (size_t i = 0; i < x.size(); ++i) {
        expected.push_back(c.exact(x[i]));
        gatedBy.push_back(c.exact(x[i]) * up[i]);
      }
      unary(pool, c.op, x.data(), y.data(), count);
      checkClose(y, expected, 5e-6, 1e-6, c.name);
      gated(pool, c.op, x.data(), up.data(), product.data(), count);
      checkClose(product, gatedBy, 5e-6, 1e-6, std::string("gated by ") + c.name);
      unary(pool, c.op, x.data(), x.data(), count);
      check(x == y, std::string(c.name) + " in place");
    }
}

void limits(ThreadPool& pool) {
  const float x[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 200, -200, 1e-8f, -1e-8f};
  float y[9];
  unary(pool, Unary::Tanh, x, y, 9);
  check(y[0] == 0 && y[2] == 1 && y[3] == -1 && std::isnan(y[4]) && y[5] == 1 && y[6] == -1 && y[7] == 1e-8f,
        "tanh at its limits");
  unary(pool, Unary::Exp, x, y, 9);
  check(y[0] == 1 && y[3] == 0 && std::isnan(y[4]) && y[6] == 0 && y[2] > 1e38f, "exp at its limits");
  unary(pool, Unary::Silu, x, y, 9);
  check(y[0] == 0 && std::isnan(y[4]) && y[5] == 200 && std::fabs(y[6]) < 1e-30f, "silu at its limits");
  unary(pool, Unary::GeluTanh, x, y, 9);
  check(y[5] == 200 && std::fabs(y[6]) < 1e-30f && std::isnan(y[4]), "gelu at its limits");
}

double apply(Binary op, double a, double b) {
  switch (op) {
  case Binary::Add: return a + b;
  case Binary::Subtract: return a - b;
  case Binary::Multiply: return a * b;
  case Binary::Divide: return a / b;
  case Binary::Maximum: return std::max(a, b);
  default: return std::min(a, b);
  }
}

void binaries(ThreadPool& pool, Random& random) {
  for (Binary op : {Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::Maximum, Binary::Minimum})
    for (int64_t row : {1, 7, 64, 1000})
      for (int64_t rows : {1, 3, 50})
        for (int64_t bCount : {int64_t{1}, row, row * rows}) {
          const std::vector<float> a = random.floats(row * rows);
          std::vector<float> b = random.floats(bCount), y(a.size());
          for (float& value : b) value += value < 0 ? -0.1f : 0.1f;
          std::vector<double> expected;
          for (size_t i = 0; i < a.size(); ++i) expected.push_back(apply(op, a[i], b[i % b.size()]));
          binary(pool, op, a.data(), b.data(), y.data(), row * rows, bCount);
          checkClose(y, expected, 1e-7, 1e-6, "binary " + std::to_string(static_cast<int>(op)));
        }
  const float a[] = {NAN, 1}, b[] = {1, NAN};
  float y[2];
  for (Binary op : {Binary::Maximum, Binary::Minimum}) {
    binary(pool, op, a, b, y, 2, 2);
    check(std::isnan(y[0]) && std::isnan(y[1]), "NaN wins in maximum and minimum");
  }
}

void normsAndSoftmax(ThreadPool& pool, Random& random) {
  for (int64_t dim : {1, 5, 16, 63, 640, 5000})
    for (int64_t rows : {1, 2, 37}) {
      const std::vector<float> x = random.floats(rows * dim, 4), weight = random.floats(dim);
      const std::vector<float> bias = random.floats(dim);
      std::vector<float> y(x.size()), plain(x.size()), weights(x.size());
      std::vector<double> expected, unweighted, softmaxed, centred, shifted;
      for (int64_t r = 0; r < rows; ++r) {
        const float* row = &x[static_cast<size_t>(r * dim)];
        double squares = 0, sum = 0, largest = row[0], mean = 0, variance = 0;
        for (int64_t i = 0; i < dim; ++i) mean += double(row[i]) / double(dim);
        for (int64_t i = 0; i < dim; ++i) variance += (row[i] - mean) * (row[i] - mean) / double(dim);
        for (int64_t i = 0; i < dim; ++i)
          squares += double(row[i]) * row[i], largest = std::max<double>(largest, row[i]);
        for (int64_t i = 0; i < dim; ++i) sum += std::exp(row[i] - largest);
        for (int64_t i = 0; i < dim; ++i) {
          unweighted.push_back(row[i] / std::sqrt(squares / double(dim) + 1e-5));
          expected.push_back(unweighted.back() * weight[static_cast<size_t>(i)]);
          softmaxed.push_back(std::exp(row[i] - largest) / sum);
          centred.push_back((row[i] - mean) / std::sqrt(variance + 1e-5));
          shifted.push_back(centred.back() * weight[static_cast<size_t>(i)] + bias[static_cast<size_t>(i)]);
        }
      }
      rmsNorm(pool, x.data(), weight.data(), y.data(), rows, dim, 1e-5f);
      checkClose(y, expected, 1e-6, 1e-5, "rms norm");
      rmsNorm(pool, x.data(), nullptr, plain.data(), rows, dim, 1e-5f);
      checkClose(plain, unweighted, 1e-6, 1e-5, "rms norm without weight");
      layerNorm(pool, x.data(), {weight.data(), bias.data(), 1e-5f}, y.data(), rows, dim);
      checkClose(y, shifted, 2e-5, 1e-4, "layer norm");
      layerNorm(pool, x.data(), {nullptr, nullptr, 1e-5f}, plain.data(), rows, dim);
      checkClose(plain, centred, 2e-5, 1e-4, "layer norm without weight");
      softmax(pool, x.data(), weights.data(), rows, dim);
      checkClose(weights, softmaxed, 1e-8, 1e-5, "softmax");
    }
}

void conversions() {
  // Every 16-bit pattern widens exactly and comes back as it was.
  for (Storage type : {Storage::F16, Storage::BF16}) {
    std::vector<uint16_t> all(65536), back(65536);
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint16_t>(i);
    std::vector<float> wide(65536);
    convert(all.data(), type, wide.data(), Storage::F32, 65536);
    convert(wide.data(), Storage::F32, back.data(), type, 65536);
    for (size_t i = 0; i < all.size(); ++i) {
      const float exact = type == Storage::F16 ? fromHalf(all[i]) : fromBf16(all[i]);
      check(wide[i] == exact || (std::isnan(wide[i]) && std::isnan(exact)), "widening of pattern " + std::to_string(i));
      check(std::isnan(exact) || back[i] == all[i], "narrowing of pattern " + std::to_string(i));
    }
  }
  Random random(3);
  for (int64_t count : {1, 17, 4001}) {
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) {
      const uint32_t bits = static_cast<uint32_t>(random.next() >> 16);
      float value;
      std::memcpy(&value, &bits, 4);
      values.push_back(value);
    }
    for (int64_t i = 0; i < count; i += 3)
      values[static_cast<size_t>(i)] = 70000 * random.uniform() * std::exp2(20 * random.uniform() - 20);
    std::vector<uint16_t> half(values.size()), bf16(values.size());
    convert(values.data(), Storage::F32, half.data(), Storage::F16, count);
    convert(values.data(), Storage::F32, bf16.data(), Storage::BF16, count);
    for (size_t i = 0; i < values.size(); ++i) {
      const bool nan = std::isnan(values[i]);
      check(nan ? std::isnan(fromHalf(half[i])) : half[i] == toHalf(values[i]),
            "to half of " + std::to_string(values[i]));
      check(nan ? std::isnan(fromBf16(bf16[i])) : bf16[i] == toBf16(values[i]),
            "to bf16 of " + std::to_string(values[i]));
    }
  }
}

} // namespace

int main() {
  ThreadPool pool(3);
  Random random(13);
  unaries(pool, random);
  limits(pool);
  binaries(pool, random);
  normsAndSoftmax(pool, random);
  conversions();
  done("elementwise");
}
