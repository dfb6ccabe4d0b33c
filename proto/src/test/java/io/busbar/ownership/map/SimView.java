package io.busbar.ownership.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The cluster as some members see it, and where each entry's copies are; the first one decides. */
final class SimView {
  final List<SimMember> members;
  final Map<String, List<SimMember>> places = new TreeMap<>();

  SimView(List<SimMember> members) {
    this.members = new ArrayList<>(members);
  }

  /** Where the copies of an entry are; as many as there can be. */
  List<SimMember> places(String key, int copies) {
    List<SimMember> at = places.computeIfAbsent(key, k -> new ArrayList<>());
    for (int i = 0; i < members.size() && at.size() < copies; i++) {
      SimMember next = members.get(Math.floorMod(key.hashCode() + i, members.size()));
      if (!at.contains(next)) {
        at.add(next);
      }
    }
    return at;
  }

  SimMember first(String key, int copies) {
    return places(key, copies).get(0);
  }

  /** The same entries among the members that are left: the next copy decides. */
  SimView among(List<SimMember> left) {
    SimView next = new SimView(left);
    places.forEach(
        (key, at) -> {
          List<SimMember> kept = new ArrayList<>(at);
          kept.retainAll(left);
          if (kept.isEmpty()) {
            left.forEach(member -> member.put(key, null));
          } else {
            next.places.put(key, kept);
          }
        });
    return next;
  }
}
