/**
 * Logs: one line per event on stderr, as text or JSON, with the call's id where there is one and
 * without secrets.
 */
package io.busbar.gateway.log;
