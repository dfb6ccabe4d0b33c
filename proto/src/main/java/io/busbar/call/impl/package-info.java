/**
 * The caller's end of a call: submits it, follows the dispatcher's choice of a worker, rewinds the
 * request before commit, and ends it once.
 */
package io.busbar.call.impl;
