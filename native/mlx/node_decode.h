// What the generated decoders and visitors call: reading slots and choices, and visiting them.
#pragma once

#include "mlx_nodes.h"

namespace pteron::mlx {

inline void require(const fb::Table& table, int id, const char* name) {
  if (!table.has(id)) throw fb::FormatError(std::string("damaged graph: ") + name + " is missing");
}

template <class Slot> Slot slot(const fb::Table& table, int id) { return Slot{table.scalar<uint32_t>(id, 0)}; }

template <class Slot> std::vector<Slot> slots(const fb::Table& table, int id) {
  std::vector<Slot> result;
  for (uint32_t idx : table.scalars<uint32_t>(id)) result.push_back(Slot{idx});
  return result;
}

inline void read(const fb::Table& table, IntOrVid& choice) {
  choice.literal = table.scalar<int64_t>(0, 0);
  choice.vid = slot<Vid>(table, 1);
  choice.isVid = table.boolean(2, false);
}

inline void read(const fb::Table& table, FloatOrVid& choice) {
  choice.literal = table.scalar<double>(0, 0);
  choice.vid = slot<Vid>(table, 1);
  choice.isVid = table.boolean(2, false);
}

inline void read(const fb::Table& table, VidOrTid& choice) {
  choice.vid = slot<Vid>(table, 0);
  choice.tid = slot<Tid>(table, 1);
  choice.isVid = table.boolean(2, false);
}

inline void read(const fb::Table& table, IntOrVidOrTid& choice) {
  choice.literal = table.scalar<int64_t>(0, 0);
  choice.vid = slot<Vid>(table, 1);
  choice.tid = slot<Tid>(table, 2);
  choice.kind = table.scalar<uint8_t>(3, 0);
  if (choice.kind > IntOrVidOrTid::Tensor) throw fb::FormatError("damaged graph: unknown kind of index");
}

template <class Choice> std::vector<Choice> choices(const fb::Table& table, int id) {
  std::vector<Choice> result;
  for (const fb::Table& each : table.tables(id)) read(each, result.emplace_back());
  return result;
}

inline void visit(Tid& tid, Access access, const TidVisitor& tensor, const VidVisitor&) { tensor(tid, access); }
inline void visit(Vid& vid, Access access, const TidVisitor&, const VidVisitor& value) { value(vid, access); }

inline void visit(IntOrVid& choice, Access access, const TidVisitor&, const VidVisitor& value) {
  if (choice.isVid) value(choice.vid, access);
}

inline void visit(FloatOrVid& choice, Access access, const TidVisitor&, const VidVisitor& value) {
  if (choice.isVid) value(choice.vid, access);
}

inline void visit(VidOrTid& choice, Access access, const TidVisitor& tensor, const VidVisitor& value) {
  if (choice.isVid)
    value(choice.vid, access);
  else
    tensor(choice.tid, access);
}

inline void visit(IntOrVidOrTid& choice, Access access, const TidVisitor& tensor, const VidVisitor& value) {
  if (choice.kind == IntOrVidOrTid::Value)
    value(choice.vid, access);
  else if (choice.kind == IntOrVidOrTid::Tensor)
    tensor(choice.tid, access);
}

} // namespace pteron::mlx
