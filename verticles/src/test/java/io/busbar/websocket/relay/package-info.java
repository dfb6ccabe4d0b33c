/** The relay of a trainer, with a scripted one. */
package io.busbar.websocket.relay;
