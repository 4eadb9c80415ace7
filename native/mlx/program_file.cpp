#include "program_file.h"

#include "graph.h"

#include <algorithm>
#include <fstream>

namespace pteron::mlx {

namespace {

// Field numbers, in the order of program.fbs.
enum ProgramField { ExecutionPlan = 1, DelegateData = 3, Segments = 4 };
enum PlanField { PlanName = 0, Delegates = 7 };
enum DelegateField { DelegateId, Processed };
enum ReferenceField { Location, Index };
enum SegmentField { Offset, Size };
constexpr int8_t kInSegment = 1;
constexpr size_t kMostGraphs = 4096; // a hostile file could name one large graph over and over

[[noreturn]] void fail(const std::string& what) { throw fb::FormatError("damaged program: " + what); }

class File {
public:
  explicit File(const std::string& path) : stream_(path, std::ios::binary) {
    if (!stream_.seekg(0, std::ios::end)) fail("it cannot be read");
    size_ = static_cast<uint64_t>(stream_.tellg());
  }
  uint64_t size() const { return size_; }
  std::vector<char> read(uint64_t offset, uint64_t bytes) {
    if (offset > size_ || bytes > size_ - offset) fail("a segment lies beyond the end");
    std::vector<char> data(static_cast<size_t>(bytes));
    stream_.seekg(static_cast<std::streamoff>(offset));
    if (!stream_.read(data.data(), static_cast<std::streamsize>(bytes))) fail("it cannot be read");
    return data;
  }

private:
  std::ifstream stream_;
  uint64_t size_ = 0;
};

// The FlatBuffer comes first; a header inside it says where it ends and where the segments begin.
struct Extent {
  uint64_t program = 0, segments = 0;
};

Extent readExtent(File& file) {
  constexpr uint64_t kHeaderEnd = 40;
  if (file.size() < kHeaderEnd) fail("it is too short");
  const std::vector<char> head = file.read(0, kHeaderEnd);
  if (std::memcmp(head.data() + 8, "eh00", 4) != 0) return {file.size(), file.size()};
  const fb::Buffer buffer(head.data(), head.size());
  return {buffer.load<uint64_t>(16), buffer.load<uint64_t>(24)};
}

const fb::Table& at(const std::vector<fb::Table>& tables, uint32_t index) {
  if (index >= tables.size()) fail("it names a segment that is not there");
  return tables[index];
}

class Reader {
public:
  explicit Reader(const std::string& path)
      : file_(path), extent_(readExtent(file_)), bytes_(file_.read(0, extent_.program)),
        buffer_(bytes_.data(), bytes_.size()), root_(fb::Table::root(buffer_)), segments_(root_.tables(Segments)) {}

  std::vector<GraphInfo> graphs() {
    std::vector<GraphInfo> found;
    for (const fb::Table& plan : root_.tables(ExecutionPlan))
      for (const fb::Table& delegate : plan.tables(Delegates))
        if (delegate.string(DelegateId) == "MLXBackend") {
          if (found.size() == kMostGraphs) fail("it has too many graphs");
          found.push_back(describe(plan, delegate.table(Processed)));
        }
    return found;
  }

private:
  GraphInfo describe(const fb::Table& plan, const fb::Table& reference) {
    const std::vector<char> data = payload(reference);
    const Graph graph = decodeGraph(data.data(), data.size());
    return describeGraph(graph, plan.string(PlanName));
  }

  std::vector<char> payload(const fb::Table& reference) {
    const auto index = reference.scalar<uint32_t>(Index, 0);
    if (reference.scalar<int8_t>(Location, 0) == kInSegment) {
      const fb::Table& segment = at(segments_, index);
      const auto offset = segment.scalar<uint64_t>(Offset, 0);
      if (offset > file_.size()) fail("a segment lies beyond the end");
      return file_.read(extent_.segments + offset, segment.scalar<uint64_t>(Size, 0));
    }
    const fb::Vector inside = at(root_.tables(DelegateData), index).vector(0, 1);
    return {bytes_.begin() + static_cast<ptrdiff_t>(inside.begin),
            bytes_.begin() + static_cast<ptrdiff_t>(inside.begin + inside.count)};
  }

  File file_;
  Extent extent_;
  std::vector<char> bytes_;
  fb::Buffer buffer_;
  fb::Table root_;
  std::vector<fb::Table> segments_;
};

} // namespace

std::vector<GraphInfo> readProgramFile(const std::string& path) { return Reader(path).graphs(); }

} // namespace pteron::mlx
