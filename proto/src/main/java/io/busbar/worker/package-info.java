/**
 * The call primitive as a worker's side sees it: {@link io.busbar.worker.WorkerPort} takes offers
 * for the workers attached to a lane, counts their slots and calls their {@link
 * io.busbar.worker.WorkerAdapter}.
 */
package io.busbar.worker;
