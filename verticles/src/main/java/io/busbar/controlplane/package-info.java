/**
 * go-cart's control plane: this gateway's nodes and foreign hosts as members of one view, and the
 * ownership map behind its five RPCs. Each foreign host is pinged by one node; the others hear of
 * it over {@code busbar.members}. What is supported stands in docs/protocols/control-plane.md.
 */
package io.busbar.controlplane;
