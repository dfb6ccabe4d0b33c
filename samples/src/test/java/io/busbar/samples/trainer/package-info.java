/** Tests of the trainer. */
package io.busbar.samples.trainer;
