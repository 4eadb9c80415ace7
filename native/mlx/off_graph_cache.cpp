#include "off_graph_cache.h"

#include "bytes_io.h"
#include "copy.h"
#include "failure.h"
#include "slice.h"

namespace pteron::mlx {

namespace {

constexpr int64_t kStep = 256; // positions that memory grows by
constexpr int64_t kMostLayers = 4096;

} // namespace

Tensor OffGraphCache::Rows::view(int64_t first, int64_t count) {
  return sliced(denseTensor(data.data(), type, type, shape), 2, {first, count, 1});
}

void OffGraphCache::Rows::reserve(int64_t positions, int64_t used, int64_t most) {
  if (positions <= shape[2]) return;
  Rows larger{{}, type, shape};
  larger.shape[2] = std::min(most, (std::max(positions, 2 * shape[2]) + kStep - 1) / kStep * kStep);
  larger.data.resize(static_cast<size_t>(larger.shape.count()) * byteSize(type));
  if (used > 0) copyTensor(view(0, used), larger.view(0, used));
  *this = std::move(larger);
}

OffGraphCache::History OffGraphCache::update(int64_t id, const Tensor& k, const Tensor& v, int64_t at,
                                             const CacheLayout& layout) {
  expect(id >= 0 && id < kMostLayers, "an attention layer's number is out of range");
  expect(k.shape.rank == 4 && v.shape.rank == 4 && k.shape[2] == v.shape[2] && k.shape[0] == v.shape[0],
         "attention's keys and values do not fit");
  const int64_t end = at + k.shape[2];
  expect(at >= 0 && end <= layout.capacity, "the context is full");
  Layer& layer = layers_[id];
  for (auto [rows, fresh] : {std::pair(&layer.k, &k), std::pair(&layer.v, &v)}) {
    const DType type = layout.storage ? static_cast<DType>(*layout.storage) : fresh->type;
    if (layer.used == 0) *rows = {{}, type, Shape{fresh->shape[0], fresh->shape[1], 0, fresh->shape[3]}};
    expect(rows->type == type && rows->shape[0] == fresh->shape[0] && rows->shape[1] == fresh->shape[1] &&
               rows->shape[3] == fresh->shape[3],
           "attention's keys or values changed their shape");
    expect(at <= layer.used, "positions before these were never fed");
    rows->reserve(end, layer.used, layout.capacity);
    copyTensor(*fresh, rows->view(at, fresh->shape[2]));
  }
  layer.used = end;
  return {layer.k.view(0, end), layer.v.view(0, end)};
}

int64_t OffGraphCache::bytes() const {
  int64_t total = 0;
  for (const auto& [id, layer] : layers_) total += static_cast<int64_t>(layer.k.data.size() + layer.v.data.size());
  return total;
}

void OffGraphCache::save(std::ostream& file) const {
  put(file, static_cast<int64_t>(layers_.size()));
  for (const auto& [id, layer] : layers_) {
    put(file, id);
    put(file, layer.used);
    for (const Rows* rows : {&layer.k, &layer.v}) {
      put(file, rows->type);
      for (int i = 0; i < 4; ++i) put(file, rows->shape[i]);
      file.write(rows->data.data(), static_cast<std::streamsize>(rows->data.size()));
    }
  }
}

void OffGraphCache::restore(std::istream& file) {
  layers_.clear();
  std::map<int64_t, Layer> layers;
  const auto count = get<int64_t>(file);
  if (count < 0 || count > kMostLayers) return file.setstate(std::ios::failbit);
  for (int64_t i = 0; i < count && file; ++i) {
    const auto id = get<int64_t>(file);
    Layer& layer = layers[id];
    layer.used = get<int64_t>(file);
    for (Rows* rows : {&layer.k, &layer.v}) {
      rows->type = get<DType>(file);
      int64_t count = 1;
      const int64_t most = remaining(file);
      for (int axis = 0; axis < 4; ++axis) {
        rows->shape.push(get<int64_t>(file));
        if (rows->shape[axis] < 0 || rows->shape[axis] > most) return file.setstate(std::ios::failbit);
        count *= std::max<int64_t>(rows->shape[axis], 1);
        if (count > most) return file.setstate(std::ios::failbit);
      }
      const bool valid = file && isFloat(rows->type) && layer.used >= 0 && layer.used <= rows->shape[2];
      if (!valid) return file.setstate(std::ios::failbit);
      rows->data.resize(static_cast<size_t>(rows->shape.count()) * byteSize(rows->type));
      file.read(rows->data.data(), static_cast<std::streamsize>(rows->data.size()));
    }
  }
  if (file) layers_ = std::move(layers);
}

} // namespace pteron::mlx
