/**
 * A trainer: cascade correlation on small data sets, run by the six commands of the control stream
 * and shown on the training channel, with candidates trained by the workers of a pool.
 */
package io.busbar.samples.trainer;
