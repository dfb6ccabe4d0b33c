/**
 * The training stream of juniper-cascor: its messages as types, the form in which the channel
 * {@code training} keeps them, and the texts that its endpoint sends. Works without Vert.x running.
 */
package io.busbar.juniper.training;
