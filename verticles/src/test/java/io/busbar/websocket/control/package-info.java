/** Tests of the control endpoint over real sockets. */
package io.busbar.websocket.control;
