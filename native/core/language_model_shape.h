// Which language-model contract a method follows, and its bounds: what language_model.h adapts to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/argmax.h"
#include "core/program.h"

namespace pteron {

// The contracts, by who writes them. S tokens enter at a position; `given` stands for further float inputs that stay the
// same for a whole sequence, such as the keys and values of a speech decoder's cross attention.
enum class Contract : uint8_t {
  // forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits[1,K,V], of the rows in `keep`. With recurrent
  // state, also slots int64[2]: the slot that is read, and the one that is written (saved_slots.h). A model that hears or
  // sees also takes features float[1,S,D] and isFeature bool[1,S], which say what stands at a token's place, and given….
  Pteron,
  // ExecuTorch's exporters for transformers' models, optimum-executorch: (tokens, positions int64[S], given…)
  // → logits[1,S,V], or of the last token only: [1,1,V] or [1,V].
  Positions,
  // ExecuTorch's own model definitions and its Whisper decoder: (tokens, start int64[1], given…) → the same.
  Start,
};

// How far a session goes back without a new cache.
enum class Rewind : uint8_t {
  Anywhere,
  Saved,    // to a state that was kept: the nearest one below, or the beginning
  OneChunk, // below the highest position ever written: its ring of `window + chunk − 1` slots holds no more
  Nowhere,
};

struct LanguageModelShape {
  Contract contract = Contract::Pteron;
  int64_t chunk = 0;      // most tokens a call
  int64_t rows = 0;       // most rows of logits that a call can be asked for
  int64_t vocabulary = 0; // V
  int64_t context = 0;    // most tokens in the cache; 0 where neither the program nor its caches say
  LogitType logits = LogitType::F32;
  bool lastRowOnly = false; // gives the last token's logits whatever was fed
  Rewind rewind = Rewind::Anywhere;
  int64_t slots = 0; // of recurrent state, where a call names them; the first holds the state before all tokens
  int64_t featureWidth = 0; // D, where a call takes features; else 0
  std::vector<TensorInfo> given; // inputs that stay the same for a whole sequence: the last ones, from givenFrom on
  size_t givenFrom = 2;
};

// As addonTypes.ts spells them.
const char* contractName(Contract contract);
const char* rewindName(Rewind rewind);

// Throws program_unsupported where the method is not there or follows none of the contracts; says which it comes close to.
LanguageModelShape languageModelShape(const Program& program, const std::string& method);

} // namespace pteron
