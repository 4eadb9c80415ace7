#include "core/saved_slots.h"

#include <algorithm>
#include <limits>

namespace pteron {

SavedSlots::SavedSlots(int64_t count) : slots_(static_cast<size_t>(std::max(count, kFewest))) { reset(); }

void SavedSlots::reset() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  slots_[0] = {0, true, true};
  current_ = target_ = 0;
}

SlotPair SavedSlots::next() {
  target_ = slots_[current_].kept ? free() : current_;
  return {static_cast<int64_t>(current_), static_cast<int64_t>(target_)};
}

void SavedSlots::wrote(int64_t position) {
  slots_[target_] = {position, true, false};
  current_ = target_;
}

int64_t SavedSlots::rewind(int64_t position) {
  size_t nearest = 0;
  for (size_t i = 1; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const bool holds = slot.used && (slot.kept || i == current_);
    if (holds && slot.position <= position && slot.position > slots_[nearest].position) {
      nearest = i;
    }
  }
  current_ = nearest;
  for (size_t i = 1; i < slots_.size(); ++i) {
    if (slots_[i].position > slots_[current_].position) {
      slots_[i] = Slot{};
    }
  }
  return slots_[current_].position;
}

size_t SavedSlots::free() const {
  for (size_t i = 1; i < slots_.size(); ++i) {
    if (!slots_[i].used) {
      return i;
    }
  }
  return leastMissed();
}

size_t SavedSlots::leastMissed() const {
  const int64_t end = slots_[current_].position;
  size_t least = current_ == 1 ? 2 : 1;
  double smallest = std::numeric_limits<double>::infinity();
  for (size_t i = 1; i < slots_.size(); ++i) {
    if (i == current_) {
      continue;
    }
    int64_t before = 0; // of the nearest state below, to which a rewind would go instead
    for (const Slot& other : slots_) {
      if (&other != &slots_[i] && other.position <= slots_[i].position) {
        before = std::max(before, other.position);
      }
    }
    const double missed = static_cast<double>(slots_[i].position - before) / static_cast<double>(end - slots_[i].position + 1);
    if (missed < smallest) {
      smallest = missed;
      least = i;
    }
  }
  return least;
}

} // namespace pteron
