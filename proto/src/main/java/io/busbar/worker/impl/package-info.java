/**
 * The worker's end of a call: offers, reservations, commit, deadlines, cancels, slots, and the
 * announcement of the workers of one lane.
 */
package io.busbar.worker.impl;
