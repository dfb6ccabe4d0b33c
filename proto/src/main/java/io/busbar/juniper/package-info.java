/**
 * Wire forms of the juniper-cascor WebSocket protocols, usable without starting Vert.x: the tensor
 * frame ({@link io.busbar.juniper.BinaryFrame}), the tolerant reading of JSON text ({@link
 * io.busbar.juniper.JuniperJson}), the check of stream envelopes ({@link
 * io.busbar.juniper.Envelopes}) and the messages of the worker endpoint. Nothing here throws on
 * what a peer sends, except by the one declared exception of each reader.
 */
package io.busbar.juniper;
