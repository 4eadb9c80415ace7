// The parts that the generated node structs are made of. Slots are indexes into the graph's tensors and values.
#pragma once

#include <cstdint>
#include <optional>

namespace pteron::mlx {

enum class NodeKind : uint8_t;
enum class Access : uint8_t { Read, Write };

// A tensor slot. After compilation `idx` names one version of the slot's contents (see compile.h).
struct Tid {
  uint32_t idx = 0;
};

// A slot of an integer, float or boolean on the host.
struct Vid {
  uint32_t idx = 0;
};

struct IntOrVid {
  int64_t literal = 0;
  Vid vid;
  bool isVid = false;
};

struct FloatOrVid {
  double literal = 0;
  Vid vid;
  bool isVid = false;
};

struct VidOrTid {
  Vid vid;
  Tid tid;
  bool isVid = false;
};

struct IntOrVidOrTid {
  enum Kind : uint8_t { Literal = 0, Value = 1, Tensor = 2 };
  int64_t literal = 0;
  Vid vid;
  Tid tid;
  uint8_t kind = Literal;
};

struct Node {
  explicit Node(NodeKind kind) : kind(kind) {}
  virtual ~Node() = default;
  NodeKind kind;
};

} // namespace pteron::mlx
