package io.busbar.controlplane;

import java.util.List;

/**
 * What is known of a host beside its standing.
 *
 * @param since when its state changed last, ms since 1970
 * @param cause of that change, for people
 * @param started by its own word, ms since 1970; 0 = it does not say
 * @param capabilities additions that it speaks, as it last said
 * @param tlsPort where it takes mutual TLS; 0 = nowhere
 */
record MemberFacts(long since, String cause, long started, List<String> capabilities, int tlsPort) {
  static final MemberFacts NONE = new MemberFacts(0, "", 0, List.of(), 0);

  MemberFacts {
    capabilities = List.copyOf(capabilities);
  }
}
