// Plain values in a file of this machine's byte order, and bounds for what an untrusted one claims.
#pragma once

#include <istream>
#include <ostream>

namespace pteron::mlx {

template <class T> void put(std::ostream& file, const T& value) {
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
}

// Zero where the file ends before it; the stream has failed then.
template <class T> T get(std::istream& file) {
  T value{};
  file.read(reinterpret_cast<char*>(&value), sizeof value);
  return file ? value : T{};
}

// Bytes left in the file, or -1.
inline std::streamoff remaining(std::istream& file) {
  const auto at = file.tellg();
  file.seekg(0, std::ios::end);
  const auto end = file.tellg();
  file.seekg(at);
  return file ? end - at : -1;
}

} // namespace pteron::mlx
