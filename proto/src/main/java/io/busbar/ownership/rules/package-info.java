/**
 * What may become of a key and of a holder session: pure functions of the present record and a
 * request, without clock, randomness or memory, so that a copy of the entry and a simulation come
 * to the same result.
 */
package io.busbar.ownership.rules;
