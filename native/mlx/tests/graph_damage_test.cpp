// Damaged and hostile graphs fail with a message: they never crash, hang or take memory without bound. Run it with
// PTERON_SANITIZE=address,undefined too.
#include "check.h"
#include "executor.h"
#include "failure.h"
#include "payload.h"

#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/platform/runtime.h>

#include <random>

using namespace pteron::mlx;

namespace {

using ::executorch::extension::from_blob;
using Scalar = ::executorch::aten::ScalarType;

// Bytes of a constant that any fixture's graph may ask for.
const test::ZeroData zeros(1 << 20);
pteron::cpu::ThreadPool pool(1);

struct Tally {
  int damaged = 0, refused = 0, failed = 0, ran = 0;
};

void executeOnce(Executor& executor, Tally& tally) {
  int64_t tokens[] = {1, 2, 3}, position[] = {0}, keep[] = {2};
  std::vector<float> logits(1 << 16);
  auto a = from_blob(tokens, {1, 3}, Scalar::Long), b = from_blob(position, {1}, Scalar::Long),
       c = from_blob(keep, {1}, Scalar::Long);
  auto out = from_blob(logits.data(), {1, 16, 4096}, Scalar::Float);
  EValue values[] = {*a, *b, *c, *out};
  EValue* arguments[] = {&values[0], &values[1], &values[2], &values[3]};
  try {
    executor.execute({arguments, 4});
    ++tally.ran;
  } catch (const Failure& failure) {
    CHECK(*failure.what());
    ++tally.failed;
  }
}

void tryPayload(const std::string& payload, Tally& tally) {
  try {
    Executor executor(decodeGraph(payload.data(), payload.size()), &zeros, pool);
    executeOnce(executor, tally);
  } catch (const fb::FormatError& error) {
    CHECK(*error.what());
    ++tally.damaged;
  } catch (const Failure& failure) {
    CHECK(*failure.what());
    ++tally.refused;
  }
}

void testTruncations(const std::string& payload) {
  Tally tally;
  for (size_t bytes = 0; bytes < payload.size(); bytes += 1 + payload.size() / 1500) {
    tryPayload(payload.substr(0, bytes), tally);
    std::string shorter = payload.substr(0, bytes); // the header agrees with the truncation
    const uint64_t end = bytes;
    if (bytes >= 24) std::memcpy(shorter.data() + 8, &end, sizeof end);
    tryPayload(shorter, tally);
  }
  CHECK(tally.damaged > 1000);
  CHECK(tally.ran < 20); // only padding and what nothing points to was cut off
}

void testBitFlips(const std::string& payload, unsigned seed, int rounds) {
  std::mt19937 random(seed);
  Tally tally;
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = payload;
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips)
      damaged[24 + random() % (damaged.size() - 24)] ^= static_cast<char>(1u << random() % 8);
    tryPayload(damaged, tally);
  }
  std::printf("bit flips: %d damaged, %d refused, %d failed, %d ran\n", tally.damaged, tally.refused, tally.failed,
              tally.ran);
  CHECK(tally.damaged + tally.refused + tally.failed > 0);
}

void testNoise(const std::string& payload) {
  std::mt19937 random(7);
  Tally tally;
  for (int round = 0; round < 500; ++round) {
    std::string noise = payload.substr(0, 24);
    for (size_t i = 24; i < payload.size(); ++i) noise.push_back(static_cast<char>(random()));
    tryPayload(noise, tally);
  }
  CHECK(tally.ran == 0);
}

// Ten thousand offsets to one large vector must not decode to a hundred million elements.
void testAmplification() {
  std::string bytes(24, '\0');
  bytes.replace(4, 4, "MLX0");
  const auto put = [&](uint32_t value) { bytes.append(reinterpret_cast<const char*>(&value), 4); };
  put(12);                // 0: root table at 12
  put(0x0008 << 16 | 34); // 4: a layout too long for what follows is refused first
  put(0);
  put(8);
  const uint64_t end = bytes.size();
  std::memcpy(bytes.data() + 8, &end, sizeof end);
  Tally tally;
  tryPayload(bytes, tally);
  CHECK(tally.damaged == 1);

  const fb::Buffer buffer(bytes.data(), bytes.size());
  bool refused = false;
  try {
    for (int i = 0; i < 1 << 20; ++i) buffer.spend(1 << 10);
  } catch (const fb::FormatError&) {
    refused = true;
  }
  CHECK(refused);
}

} // namespace

int main() {
  ::executorch::runtime::runtime_init();
  Tally whole;
  for (const char* model : {"tiny-gemma3", "tiny-llama-q4"}) tryPayload(test::readPayload(model), whole);
  CHECK(whole.ran + whole.failed == 2);
  testAmplification();
  for (const char* model : {"tiny-gemma3", "tiny-gemma3-bf16-q8", "tiny-llama-q4", "tiny-llama3-rope"}) {
    const std::string payload = test::readPayload(model);
    testTruncations(payload);
    testBitFlips(payload, 1, 4000);
    testNoise(payload);
  }
  std::puts("graph damage: ok");
}
