/**
 * One Fn runner as a worker: dials it, engages calls on it, and tells an observer how each ended.
 * Which runners there are, how well they are and how much each may get is decided elsewhere. What
 * is sent, and how each answer of a runner is taken, stands in docs/protocols/fn.md.
 */
package io.busbar.fnclient;
