package io.busbar.controlplane.core;

/**
 * An owner's word that it has stopped writing and hands the key over. It is for one epoch: the same
 * host may have become owner again since.
 */
record Release(HostName by, long epoch) {}
