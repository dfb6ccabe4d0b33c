/** Tests of the training endpoint over real sockets. */
package io.busbar.websocket.training;
