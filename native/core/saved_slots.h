// Which slot of recurrent state each call of a session reads and writes, so that earlier states stay for going back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pteron {

// What a call takes as slots int64[2].
struct SlotPair {
  int64_t read = 0, write = 0;
};

// Slot 0 is the state before the first token and never written. What is kept is written over only when there is no other
// slot left: then goes the state that lies closest behind another, counted against how far back it is.
class SavedSlots {
public:
  static constexpr int64_t kFewest = 3; // the origin, the newest state and one to write while that is kept

  explicit SavedSlots(int64_t count);

  // Only the origin is left, as in a new lane.
  void reset();
  // Of the next call, which writes over the newest state unless that is kept.
  SlotPair next();
  // That call was made: the slot it wrote holds the state after `position` tokens.
  void wrote(int64_t position);
  // The newest state is not written over from now on.
  void keep() { slots_[current_].kept = true; }
  // Goes to the kept state nearest below or at `position` (or the newest, if that is not beyond) and forgets all later ones.
  // Returns its position.
  int64_t rewind(int64_t position);

private:
  struct Slot {
    int64_t position = 0;
    bool used = false, kept = false;
  };

  size_t free() const;
  size_t leastMissed() const;

  std::vector<Slot> slots_;
  size_t current_ = 0, target_ = 0;
};

} // namespace pteron
